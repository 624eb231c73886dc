import { type KubeObject, trackManagedFields } from '@kubets/api';
import { expect, test } from 'vitest';
import {
  encodeValue,
  jsonHead,
  restamp,
  StoredEntry,
  sameValue,
  storedOf,
  storedValue,
} from './stored_entry.ts';

const head = jsonHead('v1', 'ConfigMap');
const object = {
  data: { k: 'v' },
  metadata: { name: 'a', resourceVersion: '3' },
  kind: 'ConfigMap',
  apiVersion: 'v1',
} as unknown as KubeObject;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('the store keeps no revision; entries have theirs in front', () => {
  const value = encodeValue(head, object);
  expect(text(value)).toBe('{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"k":"v"}}');
  const entry = storedOf(head, '/registry/configmaps/d/a', 12, value);
  expect(text(entry.json)).toBe(
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"12","name":"a"},"data":{"k":"v"}}',
  );
  expect(entry.object).toEqual({ ...object, metadata: { name: 'a', resourceVersion: '12' } });
  expect(storedValue(head, entry)).toEqual(value);
  expect(sameValue(head, entry, value)).toBe(true);
  expect(sameValue(head, entry, encodeValue(head, { ...object, data: {} } as any))).toBe(false);
});

test('a writer hands its object on, so that nobody parses the bytes', () => {
  const entry = storedOf(head, 'k', 12, encodeValue(head, object), object);
  expect(entry.parsed).toBe(true);
  expect(entry.object.metadata.resourceVersion).toBe('12');
  expect((entry.object as any).data).toBe((object as any).data);
  expect(object.metadata.resourceVersion).toBe('3');
});

test('metadata without a field', () => {
  const empty = { ...object, metadata: {} } as unknown as KubeObject;
  const entry = storedOf(head, 'k', 7, encodeValue(head, empty));
  expect(entry.object.metadata).toEqual({ resourceVersion: '7' });
  expect(storedValue(head, entry)).toEqual(encodeValue(head, empty));
});

test('values that someone else wrote in another layout', () => {
  const value = new TextEncoder().encode(JSON.stringify(object, null, 1));
  const entry = storedOf(head, 'k', 9, value);
  expect(
    text(entry.json).startsWith('{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"9"'),
  ).toBe(true);
});

test('restamp', () => {
  const entry = storedOf(head, 'k', 9, encodeValue(head, object));
  expect(restamp(head, entry, 1234).object.metadata.resourceVersion).toBe('1234');
  expect(entry).toBeInstanceOf(StoredEntry);
});

test('managed fields come last, whether their text is known or not', () => {
  const tracked = trackManagedFields<any>({
    apiVersion: 'v1',
    type: 'core.v1.ConfigMap',
    manager: 'm"',
    time: '2026-01-01T00:00:00Z',
    subresource: 'x',
    old: undefined,
    next: object,
  });
  const { managedFields, ...others } = tracked.metadata;
  const known = encodeValue(head, { ...tracked, metadata: { managedFields, ...others } });
  expect(text(known)).toBe(text(encodeValue(head, structuredClone(tracked))));
  const { resourceVersion: _, ...metadata } = tracked.metadata;
  expect(JSON.parse(text(known))).toEqual({ ...object, metadata });
  expect(text(encodeValue(head, { ...object, metadata: { managedFields } } as any))).toContain(
    '"metadata":{"managedFields":[{"manager":"m\\"","operation":"Update"',
  );
  const none = { ...object, metadata: { name: 'a', managedFields: [] } };
  expect(text(encodeValue(head, none as any))).toContain('"metadata":{"name":"a","managedFields":[]}');
});
