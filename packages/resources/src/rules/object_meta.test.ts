import { describe, expect, test } from 'vitest';
import { created, texts } from '../testing.ts';
import { nameIsSubdomain } from './names.ts';
import {
  validateKubeFinalizers,
  validateObjectMeta,
  validateObjectMetaUpdate,
  validateStoredMeta,
} from './object_meta.ts';

const base = {
  name: 'web',
  namespace: 'default',
  uid: 'u',
  creationTimestamp: created,
  resourceVersion: '7',
};

const owner = (name: string, controller?: boolean) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name,
  uid: name,
  ...(controller !== undefined && { controller }),
});

type Case = [name: string, metadata: object, expected: string[]];

const cases: Case[] = [
  ['nothing special', {}, []],
  ['no name', { name: '' }, ['metadata.name: Required value: name or generateName is required']],
  [
    'a bad generateName',
    { generateName: 'Web-' },
    [
      "metadata.generateName: Invalid value: \"Web-\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  ['no namespace', { namespace: '' }, ['metadata.namespace: Required value']],
  [
    'a negative generation',
    { generation: -1 },
    ['metadata.generation: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'a bad label key',
    { labels: { 'a b': 'c' } },
    [
      "metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
  [
    'annotations of more than 256 KiB',
    { annotations: { a: 'x'.repeat(256 * 1024) } },
    ['metadata.annotations: Too long: may not be more than 262144 bytes'],
  ],
  [
    'a finalizer with a bad name',
    { finalizers: ['a/b/c'] },
    [
      "metadata.finalizers: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ],
  ],
  [
    'both ways to delete dependents',
    { finalizers: ['orphan', 'foregroundDeletion'] },
    [
      'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
    ],
  ],
  ['one controller among the owners', { ownerReferences: [owner('a', true), owner('b')] }, []],
  [
    'an owner without a uid',
    { ownerReferences: [{ ...owner('a'), uid: '' }] },
    ['metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
  ],
];

describe('create', () => {
  test.each(cases)('%s', (_, change, expected) => {
    const metadata = { ...base, ...change };
    expect(texts(validateObjectMeta(metadata, { namespaced: true, name: nameIsSubdomain }))).toEqual(
      expected,
    );
  });

  test('objects of the whole cluster have no namespace', () => {
    expect(texts(validateObjectMeta(base, { namespaced: false, name: nameIsSubdomain }))).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
  });

  test('two controllers', () => {
    const metadata = { ...base, ownerReferences: [owner('a', true), owner('b', true)] };
    const [text] = texts(validateObjectMeta(metadata, { namespaced: true, name: nameIsSubdomain }));
    expect(text).toContain(
      'Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/a and ReplicaSet/b',
    );
  });
});

describe('update', () => {
  const updates: Case[] = [
    ['nothing', {}, []],
    ['labels', { labels: { a: 'b' } }, []],
    ['the name', { name: 'other' }, ['metadata.name: Invalid value: "other": field is immutable']],
    ['the uid', { uid: 'v' }, ['metadata.uid: Invalid value: "v": field is immutable']],
    [
      'the creation time',
      { creationTimestamp: '2027-01-01T00:00:00Z' },
      ['metadata.creationTimestamp: Invalid value: "2027-01-01T00:00:00Z": field is immutable'],
    ],
    [
      'no resource version',
      { resourceVersion: '' },
      ['metadata.resourceVersion: Invalid value: "": must be specified for an update'],
    ],
    [
      'a lower generation',
      { generation: 1 },
      ['metadata.generation: Invalid value: 1: must not be decremented'],
    ],
  ];

  test.each(updates)('of %s', (_, change, expected) => {
    const old = { ...base, generation: 2 };
    expect(texts(validateObjectMetaUpdate({ ...old, ...change }, old))).toEqual(expected);
  });

  test('what is being deleted gets no new finalizers', () => {
    const old = { ...base, deletionTimestamp: created, finalizers: ['a'] };
    expect(texts(validateObjectMetaUpdate({ ...old, finalizers: ['a', 'c', 'b'] }, old))).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"b", "c"}',
    ]);
    expect(validateObjectMetaUpdate({ ...old, finalizers: [] }, old)).toEqual([]);
  });

  test('a name of before its rule stays', () => {
    const old = { ...base, name: 'Old_Name' };
    expect(validateStoredMeta(old, old, true)).toEqual([]);
  });
});

test('names of finalizers that Kubernetes does not know have a domain', () => {
  const texts = validateKubeFinalizers(['orphan', 'example.com/a', 'b']).map(
    ({ field, message }) => `${field}: ${message}`,
  );
  expect(texts).toEqual([
    'metadata.finalizers[2]: Invalid value: "b": name is neither a standard finalizer name nor is it fully qualified',
  ]);
});
