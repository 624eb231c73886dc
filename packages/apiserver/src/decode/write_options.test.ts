import { expect, test } from 'vitest';
import type { Call } from '../call.ts';
import { managerOf, writeOptions } from './write_options.ts';

function callOf(query: string, agent?: string, remoteAddress = '10.0.0.1'): Call {
  const headers = agent === undefined ? {} : { 'user-agent': agent };
  return {
    request: { query: new URLSearchParams(query), headers, remoteAddress },
    user: { username: 'system:kube-scheduler' },
  } as unknown as Call;
}

const manager = (call: Call) => managerOf(call, writeOptions(call, 'UpdateOptions'));

test.each([
  ['kubectl/v1.36.2 (linux/amd64)', 'kubectl'],
  ['x y z', 'x y z'],
  ['a\tb/1', 'ab'],
  ['/1', ''],
  ['Ã©/1', 'é'],
  [`${'x'.repeat(200)}/1`, 'x'.repeat(128)],
  [undefined, ''],
])('the user agent %s is the manager %s', (agent, name) => {
  expect(manager(callOf('', agent))).toBe(name);
});

test('whoever is named, and components of this process', () => {
  expect(manager(callOf('fieldManager=me', 'kubectl/v1'))).toBe('me');
  expect(manager(callOf('', undefined, ''))).toBe('system:kube-scheduler');
});

test.each([
  [`fieldManager=${'x'.repeat(129)}`, 'fieldManager: Too long: may not be more than 128 bytes'],
  ['fieldManager=a%01', 'fieldManager: Invalid value: "a\\x01": invalid character U+0001 (at position 1)'],
  [
    'fieldValidation=x',
    'fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"',
  ],
])('%s is refused', (query, message) => {
  expect(() => writeOptions(callOf(query), 'PatchOptions')).toThrow(
    `PatchOptions.meta.k8s.io "" is invalid: ${message}`,
  );
});
