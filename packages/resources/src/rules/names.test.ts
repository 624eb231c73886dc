import { describe, expect, test } from 'vitest';
import {
  cIdentifier,
  configMapKey,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  envVarName,
  labelValue,
  nameIsLabel,
  nameIsSubdomain,
  pathSegmentName,
  portName,
  qualifiedName,
  wildcardSubdomain,
} from './names.ts';

const rules = {
  dns1123Label,
  dns1123Subdomain,
  dns1035Label,
  wildcardSubdomain,
  cIdentifier,
  labelValue,
  qualifiedName,
  configMapKey,
  envVarName,
  pathSegmentName,
  portName,
};

type Case = [rule: keyof typeof rules, good: string[], bad: string[]];

const cases: Case[] = [
  [
    'dns1123Label',
    ['a', '0', 'a-b', 'x'.repeat(63)],
    ['', 'A', '-a', 'a-', 'a.b', 'a_b', 'x'.repeat(64), 'a\n'],
  ],
  ['dns1123Subdomain', ['a', 'a.b', '1.2', 'a-b.c', 'x'.repeat(253)], ['', 'A.b', '.a', 'a.', 'a..b', 'a_b']],
  ['dns1035Label', ['a', 'a1', 'ab-1'], ['', '1a', '-a', 'A', 'a.b']],
  ['wildcardSubdomain', ['*.a', '*.example.com'], ['*', '*.*.com', 'a.*.com', 'example.com', '*example.com']],
  ['cIdentifier', ['a', '_a', 'A1'], ['', '1a', 'a-b', 'a.b']],
  ['labelValue', ['', 'a', 'A.b-c_d', '1'], ['-a', 'a-', 'a b', 'x'.repeat(64)]],
  [
    'qualifiedName',
    ['a', 'a/b', 'example.com/My_Name'],
    ['', '/a', 'a/', 'a/b/c', 'A/b', '-a', `a/${'x'.repeat(64)}`],
  ],
  ['configMapKey', ['a', 'a.b', '_A-1', '.a'], ['', '.', '..', '..a', 'a/b', 'a b', 'x'.repeat(254)]],
  ['envVarName', ['A', 'a.b', '_', 'MY-ENV', 'a b'], ['', 'a=b', 'é', '\u0001']],
  ['pathSegmentName', ['a', 'A:b', 'a b'], ['.', '..', 'a/b', 'a%b']],
  ['portName', ['a', 'http', 'a-1'], ['', '1', '-a', 'a--b', 'http-port-longer1', 'A']],
];

describe.each(cases)('%s', (rule, good, bad) => {
  test.each(good)('takes %j', (name) => {
    expect(rules[rule](name)).toEqual([]);
  });
  test.each(bad)('refuses %j', (name) => {
    expect(rules[rule](name)).not.toEqual([]);
  });
});

test('messages are those that clients know', () => {
  expect(dns1123Label('A')).toEqual([
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
  expect(dns1123Subdomain('A')).toEqual([
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ]);
  expect(dns1123Label('x'.repeat(64))).toEqual(['must be no more than 63 characters']);
  expect(labelValue('a b')).toEqual([
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ]);
});

test('a generated name may end in what a name may not', () => {
  expect(nameIsSubdomain('web-', true)).toEqual([]);
  expect(nameIsLabel('web-', true)).toEqual([]);
  expect(nameIsLabel('web-', false)).not.toEqual([]);
});
