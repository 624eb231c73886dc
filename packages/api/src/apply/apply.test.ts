import { describe, expect, test } from 'vitest';
import { applyConfiguration } from './apply_configuration.ts';
import { trackManagedFields } from './track_managed_fields.ts';

const type = 'apps.v1.Deployment';
const apiVersion = 'apps/v1';
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
let clock = 0;

const object = (spec: object, metadata: object = {}): any => ({
  apiVersion,
  kind: 'Deployment',
  metadata: { name: 'web', ...metadata },
  spec,
});
const apply = (live: object | undefined, manager: string, applied: object, force = false): any =>
  applyConfiguration({ live, applied, manager, force, type, subresource: '', apiVersion, time: at(clock++) });
const update = (old: object | undefined, next: object, manager: string, subresource = ''): any =>
  trackManagedFields({
    old,
    next,
    manager,
    operation: 'Update',
    apiVersion,
    subresource,
    type,
    time: at(clock++),
  });
const fieldsOf = (result: any, manager: string, operation = 'Apply') =>
  result.metadata.managedFields?.find(
    (entry: any) => entry.manager === manager && entry.operation === operation,
  )?.fieldsV1;
const container = (name: string, image?: string, more: object = {}) => ({
  name,
  ...(image && { image }),
  ...more,
});
const template = (...containers: object[]) => ({ template: { spec: { containers } } });

describe('apply', () => {
  test("the first apply owns all it says; names and server fields are nobody's", () => {
    const result = apply(
      undefined,
      'ann',
      object({ replicas: 2, ...template(container('web', 'web:1')) }, { labels: { app: 'web' } }),
    );
    expect(fieldsOf(result, 'ann')).toEqual({
      'f:metadata': { 'f:labels': { 'f:app': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
        },
      },
    });
    expect(result.metadata.managedFields).toHaveLength(1);
  });

  test('two appliers share an object; each changes its own', () => {
    const first = apply(undefined, 'ann', object({ replicas: 2, ...template(container('web', 'web:1')) }));
    const second = apply(first, 'bob', object(template(container('side', 'side:1'))));
    expect(second.spec.template.spec.containers).toEqual([
      container('web', 'web:1'),
      container('side', 'side:1'),
    ]);
    const third = apply(second, 'ann', object({ replicas: 3, ...template(container('web', 'web:2')) }));
    expect(third.spec).toMatchObject({
      replicas: 3,
      ...template(container('web', 'web:2'), container('side', 'side:1')),
    });
  });

  test('a conflict names who owns what; force takes it', () => {
    const first = apply(undefined, 'ann', object({ replicas: 2, paused: false }));
    const refusal = (() => {
      try {
        apply(first, 'bob', object({ replicas: 3 }));
      } catch (error) {
        return (error as any).status;
      }
    })();
    expect(refusal).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "ann": .spec.replicas',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "ann"', field: '.spec.replicas' }],
      },
    });
    const forced = apply(first, 'bob', object({ replicas: 3 }), true);
    expect(forced.spec).toMatchObject({ replicas: 3, paused: false });
    expect(fieldsOf(forced, 'ann')).toEqual({ 'f:spec': { 'f:paused': {} } });
    expect(fieldsOf(forced, 'bob')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });

  test('several conflicts are listed by manager, with keys of items, updates with their version', () => {
    const created = update(
      undefined,
      object({ replicas: 1, ...template(container('web', 'web:1')) }),
      'kubectl-create',
    );
    expect(() =>
      apply(created, 'bob', object({ replicas: 3, ...template(container('web', 'web:2')) })),
    ).toThrow(
      'Apply failed with 2 conflicts: conflicts with "kubectl-create" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name="web"].image',
    );
  });

  test('the same value is no conflict: both own it, and it goes when the last one lets go', () => {
    const both = apply(apply(undefined, 'ann', object({ replicas: 2 })), 'bob', object({ replicas: 2 }));
    const one = apply(both, 'ann', object({}));
    expect(one.spec.replicas).toBe(2);
    const none = apply(one, 'bob', object({}));
    expect(none.spec?.replicas).toBeUndefined();
  });

  test('what an applier leaves out goes; what others added inside stays', () => {
    const first = apply(
      undefined,
      'ann',
      object(template(container('a', 'a:1'), container('b', 'b:1')), { labels: { x: '1', y: '2' } }),
    );
    const helped = update(
      first,
      { ...first, metadata: { ...first.metadata, labels: { ...first.metadata.labels, z: '3' } } },
      'bob',
    );
    const second = apply(helped, 'ann', object(template(container('b', 'b:1')), { labels: { y: '2' } }));
    expect(second.spec.template.spec.containers).toEqual([container('b', 'b:1')]);
    expect(second.metadata.labels).toEqual({ y: '2', z: '3' });
  });

  test('lists by key keep default parts of the key: a port without protocol is the TCP one', () => {
    const live = apply(
      undefined,
      'ann',
      object(template(container('a', 'a:1', { ports: [{ containerPort: 80 }] }))),
    );
    expect(
      fieldsOf(live, 'ann')['f:spec']['f:template']['f:spec']['f:containers']['k:{"name":"a"}']['f:ports'],
    ).toEqual({
      'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
    });
    const defaulted = structuredClone(live);
    defaulted.spec.template.spec.containers[0].ports[0].protocol = 'TCP';
    const next = apply(
      defaulted,
      'ann',
      object(template(container('a', 'a:1', { ports: [{ containerPort: 80, name: 'http' }] }))),
    );
    expect(next.spec.template.spec.containers[0].ports).toEqual([
      { containerPort: 80, protocol: 'TCP', name: 'http' },
    ]);
  });

  test('an atomic list is replaced whole', () => {
    const live = apply(undefined, 'ann', object(template(container('a', 'a:1', { args: ['x', 'y'] }))));
    const next = apply(live, 'ann', object(template(container('a', 'a:1', { args: ['z'] }))));
    expect(next.spec.template.spec.containers[0].args).toEqual(['z']);
  });

  test('applying the same again changes nothing, not even the time', () => {
    const wanted = object({ replicas: 2, ...template(container('web', 'web:1')) });
    const first = apply(undefined, 'ann', wanted);
    expect(apply(first, 'ann', wanted)).toEqual(first);
  });

  test('the order of the applied list counts; items of others keep their places', () => {
    const first = apply(undefined, 'ann', object(template(container('a', 'a:1'), container('b', 'b:1'))));
    const second = apply(first, 'bob', object(template(container('c', 'c:1'))));
    const third = apply(second, 'ann', object(template(container('b', 'b:1'), container('a', 'a:1'))));
    expect(third.spec.template.spec.containers.map(({ name }: any) => name).sort()).toEqual(['a', 'b', 'c']);
    const order = third.spec.template.spec.containers.map(({ name }: any) => name);
    expect(order.indexOf('b')).toBeLessThan(order.indexOf('a'));
  });

  test('an object without known managers counts as written before the first apply', () => {
    const live = object({ replicas: 1 });
    expect(() => apply(live, 'ann', object({ replicas: 2 }))).toThrow(
      'conflict with "before-first-apply" using apps/v1: .spec.replicas',
    );
    const result = apply(live, 'ann', object({ replicas: 1 }));
    expect(result.metadata.managedFields.map((entry: any) => entry.manager)).toEqual([
      'ann',
      'before-first-apply',
    ]);
  });

  test('kubectl takes over what client-side apply wrote, and keeps its note', () => {
    const note = JSON.stringify(object({ replicas: 1 }));
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const live = update(
      undefined,
      object({ replicas: 1 }, { annotations: { [key]: note } }),
      'kubectl-client-side-apply',
    );
    const result = apply(live, 'kubectl', object({ replicas: 2 }));
    expect(result.spec.replicas).toBe(2);
    expect(JSON.parse(result.metadata.annotations[key]).spec.replicas).toBe(2);
    expect(() => apply(live, 'other', object({ replicas: 2 }))).toThrow('Apply failed with 1 conflict');
  });

  test('an unknown type is applied to by structure: maps have parts, lists are one', () => {
    const base = { type: 'example.v1.Nothing', apiVersion: 'example/v1', subresource: '', force: false };
    const one = applyConfiguration({
      ...base,
      live: undefined,
      applied: { apiVersion: 'example/v1', kind: 'Nothing', spec: { a: 1, list: [1, 2] } },
      manager: 'ann',
      time: at(0),
    });
    const two: any = applyConfiguration({
      ...base,
      live: one,
      applied: { apiVersion: 'example/v1', kind: 'Nothing', spec: { b: 2 } },
      manager: 'bob',
      time: at(1),
    });
    expect(two.spec).toEqual({ a: 1, b: 2, list: [1, 2] });
    expect(() =>
      applyConfiguration({
        ...base,
        live: two,
        applied: { apiVersion: 'example/v1', kind: 'Nothing', spec: { list: [3] } },
        manager: 'bob',
        time: at(2),
      }),
    ).toThrow('.spec.list');
  });
});

describe('tracking of other writes', () => {
  test('an update owns what it added or changed and takes it from others; what it removed nobody owns', () => {
    const created = update(undefined, object({ replicas: 1, paused: true }, { labels: { a: '1' } }), 'ann');
    const { paused: _, ...spec } = created.spec;
    const changed = update(created, { ...created, spec: { ...spec, replicas: 2 } }, 'bob');
    expect(fieldsOf(changed, 'ann', 'Update')).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
    });
    expect(fieldsOf(changed, 'bob', 'Update')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });

  test('an update that changes nothing changes no manager', () => {
    const created = update(undefined, object({ replicas: 1 }), 'ann');
    expect(update(created, structuredClone(created), 'bob')).toEqual(created);
  });

  test('the same manager through a subresource is another entry', () => {
    const created = update(undefined, object({ replicas: 1 }), 'ann');
    const status = update(created, { ...created, status: { replicas: 1 } }, 'ann', 'status');
    expect(status.metadata.managedFields).toMatchObject([
      { manager: 'ann', operation: 'Update' },
      {
        manager: 'ann',
        operation: 'Update',
        subresource: 'status',
        fieldsV1: { 'f:status': { 'f:replicas': {} } },
      },
    ]);
  });

  test('a list of one empty entry forgets all managers, until the next apply', () => {
    const created = update(undefined, object({ replicas: 1 }), 'ann');
    const reset = update(
      created,
      { ...created, metadata: { ...created.metadata, managedFields: [{}] } },
      'ann',
    );
    expect(reset.metadata.managedFields).toBeUndefined();
    expect(update(reset, { ...reset, spec: { replicas: 5 } }, 'bob').metadata.managedFields).toBeUndefined();
  });

  test('beyond ten updaters the oldest are put together', () => {
    let live = update(undefined, object({ replicas: 0 }), 'm0');
    for (let i = 1; i < 14; i++) {
      live = update(
        live,
        { ...live, metadata: { ...live.metadata, labels: { ...live.metadata.labels, [`l${i}`]: 'x' } } },
        `m${i}`,
      );
    }
    const names = live.metadata.managedFields.map((entry: any) => entry.manager);
    expect(names).toHaveLength(10);
    expect(names[0]).toBe('ancient-changes');
    expect(names.at(-1)).toBe('m13');
  });
});
