import { describe, expect, test } from 'vitest';
import { applyConfiguration } from './apply_configuration.ts';
import { applyTypeOf } from './apply_type.ts';
import { applyTypeOfSchema } from './apply_type_of_schema.ts';
import { trackManagedFields } from './track_managed_fields.ts';

const time = '2026-01-01T00:00:00Z';
const deployment = { apiVersion: 'apps/v1', type: 'apps.v1.Deployment', time };
const object = (spec: object, metadata: object = {}): any => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec,
});
const pod = { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 80 }] }] };
const fieldsOf = (result: any, manager: string) =>
  result.metadata.managedFields?.find((entry: any) => entry.manager === manager)?.fieldsV1;

describe('what Go structs always have is owned by nobody', () => {
  test('at create: no dot for spec, template or the list of containers', () => {
    const next = object({ replicas: 1, template: { spec: pod } }, { labels: { app: 'web' } });
    const created = trackManagedFields({ ...deployment, old: undefined, next, manager: 'kubectl' });
    expect(fieldsOf(created, 'kubectl')).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"web"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': {
                  '.': {},
                  'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                },
              },
            },
          },
        },
      },
    });
  });
});

describe('a configuration that does not fit', () => {
  const where = 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): ';
  test.each<[string, object, number, string]>([
    ['an unknown field', object({ foo: 1 }), 500, `${where}.spec.foo: field not declared in schema`],
    [
      'a wrong type',
      object({ replicas: 'x' }),
      500,
      `${where}.spec.replicas: expected numeric (int or float), got string`,
    ],
    [
      'an item that is nothing',
      object({ template: { spec: { containers: [null] } } }),
      500,
      `${where}.spec.template.spec.containers: element 0: associative list with keys may not have a null element`,
    ],
    [
      'items that are the same',
      object({ template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } }),
      500,
      `${where}.spec.template.spec.containers: duplicate entries for key [name="a"]`,
    ],
    [
      'a set with an item twice',
      object({}, { finalizers: ['a', 'a'] }),
      500,
      `${where}.metadata.finalizers: duplicate entries for key [="a"]`,
    ],
    ['another kind', { ...object({}), kind: 'X' }, 400, 'invalid object type: apps/v1, Kind=X'],
    [
      'another version',
      { ...object({}), apiVersion: 'v1' },
      400,
      'invalid object type: /v1, Kind=Deployment',
    ],
    ['managed fields', object({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
  ])('%s', (_name, applied, code, message) => {
    const live = object({ replicas: 1 }, { uid: 'u' });
    const attempt = () => applyConfiguration({ ...deployment, live, applied, manager: 'ann' });
    expect(attempt).toThrow(expect.objectContaining({ code, message }));
  });

  test('several problems are listed', () => {
    const applied = object({ paused: 1, minReadySeconds: [] });
    expect(() => applyConfiguration({ ...deployment, live: undefined, applied, manager: 'ann' })).toThrow(
      `${where}errors:\n  .spec.paused: expected boolean, got &{1}\n  .spec.minReadySeconds: expected numeric (int or float), got []interface {}`,
    );
  });
});

test("fields that a strategy resets are nobody's", () => {
  const resetFields = [['status']];
  const next = { ...object({ replicas: 1 }), status: { replicas: 1 } };
  const created = trackManagedFields({ ...deployment, old: undefined, next, manager: 'ann', resetFields });
  expect(fieldsOf(created, 'ann')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  const applied = { ...object({ paused: true }), status: { replicas: 5 } };
  const result = applyConfiguration({ ...deployment, live: created, applied, manager: 'bob', resetFields });
  expect(fieldsOf(result, 'bob')).toEqual({ 'f:spec': { 'f:paused': {} } });
});

test('the oldest updaters become ancient changes', () => {
  let live = trackManagedFields({
    ...deployment,
    old: undefined,
    next: object({ replicas: 0 }),
    manager: 'm0',
  });
  for (let i = 1; i < 15; i++) {
    const minute = String(i).padStart(2, '0');
    const next = {
      ...live,
      metadata: { ...live.metadata, labels: { ...live.metadata.labels, [`l${i}`]: 'x' } },
    };
    live = trackManagedFields({
      ...deployment,
      old: live,
      next,
      manager: `m${i}`,
      time: `2026-01-01T00:${minute}:00Z`,
    });
  }
  const managers = live.metadata.managedFields.map((entry: any) => entry.manager);
  expect(managers).toHaveLength(10);
  expect(managers[0]).toBe('ancient-changes');
  expect(managers.at(-1)).toBe('m14');
});

describe('managers that wrote in another version', () => {
  // In v1 the field is `size`, in v1beta1 `replicas`.
  const schemas = {
    v1: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
    },
    v1beta1: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { replicas: { type: 'integer' } } } },
    },
  };
  const types = new Map(
    Object.entries(schemas).map(([version, schema]) => [`e.x/${version}`, applyTypeOfSchema(schema)]),
  );
  const versions = {
    typeOf: (apiVersion: string) => types.get(apiVersion),
    convert(value: any, _from: string, to: string) {
      const amount = value.spec?.size ?? value.spec?.replicas;
      const spec = amount === undefined ? {} : to === 'e.x/v1' ? { size: amount } : { replicas: amount };
      return { ...value, apiVersion: to, ...(value.spec && { spec }) };
    },
  };
  const thing = (apiVersion: string, spec: object): any => ({
    apiVersion,
    kind: 'Thing',
    metadata: { name: 'a' },
    spec,
  });
  const context = (apiVersion: string) => ({ apiVersion, type: types.get(apiVersion)!, versions, time });

  test('conflicts are found in their version', () => {
    const applied = thing('e.x/v1beta1', { replicas: 1 });
    const first = applyConfiguration({ ...context('e.x/v1beta1'), live: undefined, applied, manager: 'ann' });
    const live = versions.convert(first, '', 'e.x/v1');
    const next = thing('e.x/v1', { size: 2 });
    expect(() => applyConfiguration({ ...context('e.x/v1'), live, applied: next, manager: 'bob' })).toThrow(
      'Apply failed with 1 conflict: conflict with "ann": .spec.replicas',
    );
    const same = applyConfiguration({
      ...context('e.x/v1'),
      live,
      applied: thing('e.x/v1', { size: 1 }),
      manager: 'bob',
    });
    expect(fieldsOf(same, 'ann')).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(fieldsOf(same, 'bob')).toEqual({ 'f:spec': { 'f:size': {} } });
  });

  test('what was applied in the other version and is left out now goes', () => {
    const applied = thing('e.x/v1beta1', { replicas: 1 });
    const first = applyConfiguration({ ...context('e.x/v1beta1'), live: undefined, applied, manager: 'ann' });
    const live = versions.convert(first, '', 'e.x/v1');
    const result = applyConfiguration({
      ...context('e.x/v1'),
      live,
      applied: thing('e.x/v1', {}),
      manager: 'ann',
    });
    expect(result.spec).toEqual({});
  });

  test('a manager of a version that is gone is forgotten', () => {
    const managedFields = [
      {
        manager: 'old',
        operation: 'Update',
        apiVersion: 'e.x/v0',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:x': {} } },
      },
    ];
    const live = { ...thing('e.x/v1', { size: 1 }), metadata: { name: 'a', uid: 'u', managedFields } };
    const result = trackManagedFields({
      ...context('e.x/v1'),
      old: live,
      next: { ...live, spec: { size: 2 } },
      manager: 'ann',
    });
    expect(result.metadata.managedFields.map((entry: any) => entry.manager)).toEqual(['ann']);
  });
});

describe('a schema that made a map atomic', () => {
  const typeWith = (mapType: string) =>
    applyTypeOfSchema({
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: {
            m: { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': mapType },
          },
        },
      },
    });

  test('whoever owned a part owns all of it', () => {
    const context = { apiVersion: 'e.x/v1', time };
    const applied = { apiVersion: 'e.x/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { m: { a: '1' } } };
    const first: any = applyConfiguration({
      ...context,
      type: typeWith('granular'),
      live: undefined,
      applied,
      manager: 'ann',
    });
    expect(fieldsOf(first, 'ann')).toEqual({ 'f:spec': { 'f:m': { 'f:a': {} } } });
    const next = { ...first, spec: { m: { a: '1' } }, metadata: { ...first.metadata, labels: { x: 'y' } } };
    const result = trackManagedFields({
      ...context,
      type: typeWith('atomic'),
      old: first,
      next,
      manager: 'bob',
    });
    expect(fieldsOf(result, 'ann')).toEqual({ 'f:spec': { 'f:m': {} } });
  });
});

test('a reference that undoes the atomic of its type', () => {
  const claimRef = applyTypeOf('core.v1.PersistentVolumeSpec').map!.fields.get('claimRef')!.type();
  expect([claimRef.map!.atomic, applyTypeOf('core.v1.ObjectReference').map!.atomic]).toEqual([false, true]);
});

test('managed fields of a client that make no sense are ignored', () => {
  const live = trackManagedFields({
    ...deployment,
    old: undefined,
    next: object({ replicas: 1 }),
    manager: 'ann',
  });
  const broken = [
    {
      manager: 'x',
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { bad: 1 },
    },
  ];
  const next = { ...live, spec: { replicas: 2 }, metadata: { ...live.metadata, managedFields: broken } };
  const result = trackManagedFields({ ...deployment, old: live, next, manager: 'bob' });
  expect(result.metadata.managedFields.map((entry: any) => entry.manager)).toEqual(['bob']);
});

test('an update that changes nothing keeps the very entries', () => {
  const live = trackManagedFields({
    ...deployment,
    old: undefined,
    next: object({ replicas: 1 }),
    manager: 'ann',
  });
  const next = structuredClone(live);
  expect(trackManagedFields({ ...deployment, old: live, next, manager: 'bob' })).toBe(next);
});

test('prototypes stay out of reach', () => {
  const applied = JSON.parse(
    '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"__proto__":"x","constructor":"y"}}}',
  );
  const live = object({ replicas: 1 }, { labels: { a: 'b' } });
  const result: any = applyConfiguration({ ...deployment, live, applied, manager: 'ann' });
  expect(result.metadata.labels).toEqual({ a: 'b', constructor: 'y' });
  expect(Object.getPrototypeOf(result.metadata.labels)).toBe(Object.prototype);
});
