import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { typeOfKind } from '../schema/find_type.ts';
import { pruneUnknownFields } from '../schema/prune_fields.ts';
import { applyTypeOfSchema } from './apply_type_of_schema.ts';
import { textOfFields } from './fields_text.ts';
import { type Managers, writeManagers } from './managers.ts';
import { type ManagerContext, trackManagedFields, trackUpdate } from './track_managed_fields.ts';

const objects = new URL('../../../../../shared/upstream/objects/', import.meta.url);
const files = existsSync(objects) ? readdirSync(objects).filter((file) => file.endsWith('.json')) : [];

// The way that every other write goes is the measure.
function slowly(object: any, context: ManagerContext): unknown {
  const managers: Managers = new Map();
  trackUpdate(managers, undefined, object, context, context.manager);
  return writeManagers(managers);
}

function both(object: any, resetFields: ManagerContext['resetFields'] = []) {
  const { apiVersion, kind } = object;
  const slash = apiVersion.indexOf('/');
  const type = typeOfKind(slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind);
  const context = { apiVersion, type: type ?? 'x', manager: 'm', time: '2026-01-01T00:00:00Z', resetFields };
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  const plain = { ...object, metadata };
  const quick = trackManagedFields<any>({ ...context, old: undefined, next: plain }).metadata.managedFields;
  return { quick: JSON.stringify(quick), slow: JSON.stringify(slowly(plain, context)) };
}

test.skipIf(!files.length)(
  'owns of every kind what an update from nothing would',
  () => {
    for (const file of files) {
      const object = JSON.parse(readFileSync(new URL(file, objects), 'utf8'));
      if (!object.metadata || object.items) continue;
      for (const reset of [[], [['status']], [['metadata', 'labels'], ['spec']]]) {
        const { quick, slow } = both(object, reset);
        expect(quick, file).toBe(slow);
      }
    }
  },
  60_000,
);

test.each([
  ['nothing', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
  [
    'empty values',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { labels: {}, finalizers: [] }, data: {} },
  ],
  [
    'items that are the same',
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { finalizers: ['a/b', 'a/b', 'c/d'] },
      data: { x: null },
    },
  ],
  [
    'nulls of structs',
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {},
      spec: { strategy: {} },
      status: { conditions: [{ type: 'A' }] },
    },
  ],
  ['another type', { apiVersion: 'x.y/v1', kind: 'Thing', metadata: {}, spec: { a: [1], b: { c: {} } } }],
])('%s', (_name, object) => {
  const { quick, slow } = both(object);
  expect(quick).toBe(slow);
  expect(both(pruneUnknownFields(object, 'core.v1.ConfigMap').object, [['metadata']]).quick).toBe(
    both(pruneUnknownFields(object, 'core.v1.ConfigMap').object, [['metadata']]).slow,
  );
});

test('the order in which a client writes fields and items makes no difference', () => {
  const container = (name: string) => ({
    name,
    image: 'x',
    env: ['B', 'A', 'B'].map((each) => ({ value: name, name: each })),
    ports: [
      { protocol: 'UDP', containerPort: 53 },
      { containerPort: 9, protocol: 'TCP' },
    ],
  });
  const object = {
    kind: 'Pod',
    apiVersion: 'v1',
    spec: { nodeName: undefined, containers: [container('b'), container('a')], dnsPolicy: 'Default' },
    metadata: { labels: { b: '1', a: '2', __proto__x: '3' }, annotations: {} },
  };
  const { quick, slow } = both(object);
  expect(quick).toBe(slow);
  const { metadata, spec, ...rest } = object;
  const turned = { metadata, ...rest, spec: { ...spec, containers: spec.containers.toReversed() } };
  expect(both(turned).quick).toBe(quick);
});

test('objects that own the same share it, frozen, with its text', () => {
  const context = { apiVersion: 'v1', type: 'core.v1.ConfigMap', manager: 'm', time: '2026-01-01T00:00:00Z' };
  const fieldsOf = (name: string) => {
    const next = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: name } };
    return trackManagedFields<any>({ ...context, old: undefined, next }).metadata.managedFields[0].fieldsV1;
  };
  const fields = fieldsOf('a');
  expect(fieldsOf('b')).toBe(fields);
  expect(textOfFields(fields)).toBe(JSON.stringify(fields));
  expect(Object.isFrozen(fields['f:data'])).toBe(true);
  expect(textOfFields(structuredClone(fields))).toBeUndefined();
});

test('fields with names of the language are fields like others', () => {
  const text = { type: 'string' } as const;
  const spec = { type: 'object', properties: { constructor: text, toString: text, a: text } };
  const type = applyTypeOfSchema({ type: 'object', properties: { spec } });
  const context = { apiVersion: 'x.y/v1', type, manager: 'm', time: '2026-01-01T00:00:00Z' };
  const ownedOf = (fields: object) => {
    const next = { apiVersion: 'x.y/v1', kind: 'Thing', metadata: {}, spec: fields };
    return trackManagedFields<any>({ ...context, old: undefined, next }).metadata.managedFields[0].fieldsV1;
  };
  expect(ownedOf({ a: 'x' })).toEqual({ 'f:spec': { '.': {}, 'f:a': {} } });
  expect(ownedOf({ toString: 'x' })).toEqual({ 'f:spec': { '.': {}, 'f:toString': {} } });
});
