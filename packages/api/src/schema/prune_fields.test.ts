import { describe, expect, test } from 'vitest';
import { recordedCases } from '../testing/recorded_cases.ts';
import { typeOfKind } from './find_type.ts';
import { pruneUnknownFields } from './prune_fields.ts';
import { emptyObject } from './read_plan.ts';

describe('as upstream decodes', () => {
  test.each(recordedCases(new URL('prune_fields.jsonl', import.meta.url)))(
    '$object',
    ({ object, result, error }) => {
      const before = structuredClone(object);
      const slash = object.apiVersion.indexOf('/');
      const group = object.apiVersion.slice(0, Math.max(0, slash));
      const type = typeOfKind(group, object.apiVersion.slice(slash + 1), object.kind)!;
      const prefix = /^\w+ in version "\w+" cannot be handled as a \w+: /;
      if (result) {
        const pruned = pruneUnknownFields(object, type);
        expect(withoutNulls(pruned.object)).toEqual(withoutNulls(result));
        expect(pruned.unknown).toEqual(error ? error.replace('strict decoding error: ', '').split(', ') : []);
      } else {
        const refusal = refusalOf(() => pruneUnknownFields(object, type));
        expect(refusal.message.replace(prefix, '')).toBe(error);
        expect([refusal.code, prefix.test(refusal.message)]).toEqual([400, true]);
      }
      expect(object).toEqual(before);
    },
  );
});

test('an object that is as it should be comes back itself', () => {
  const { object } = pruneUnknownFields(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    },
    'core.v1.Pod',
  );
  expect(pruneUnknownFields(object, 'core.v1.Pod')).toEqual({ object, unknown: [] });
  expect(pruneUnknownFields(object, 'core.v1.Pod').object).toBe(object);
});

test('parts that did not change are shared', () => {
  const status = { phase: 'Running' };
  const pruned = pruneUnknownFields(
    { metadata: {}, spec: { containers: [], foo: 1 }, status },
    'core.v1.Pod',
  );
  expect(pruned.object.status).toBe(status);
  expect(pruned.unknown).toEqual(['unknown field "spec.foo"']);
});

test.each([
  ['2024-01-01T00:00:00.000000Z', '2024-01-01T00:00:00.000000Z'],
  ['2024-01-01T01:00:00.500000+01:00', '2024-01-01T00:00:00.500000Z'],
])('the time %s of a lease is %s', (renewTime, written) => {
  expect(pruneUnknownFields({ spec: { renewTime } }, 'coordination.v1.Lease').object.spec).toEqual({
    renewTime: written,
  });
});

test.each([
  ['2024-01-01T00:00:00Z', 'cannot parse "Z" as ".000000"'],
  ['2024-01-01T00:00:00.5Z', 'cannot parse ".5Z" as ".000000"'],
  ['2024-01-01T00:00:00.123456789Z', 'cannot parse "789Z" as "Z07:00"'],
  ['x', 'cannot parse "x" as "2006"'],
])('the time %s of a lease: %s', (renewTime, problem) => {
  expect(() => pruneUnknownFields({ spec: { renewTime } }, 'coordination.v1.Lease')).toThrow(
    `parsing time "${renewTime}" as "2006-01-02T15:04:05.000000Z07:00": ${problem}`,
  );
});

test('an empty list of managed fields is an order and stays', () => {
  const object = { metadata: { managedFields: [], finalizers: [] }, data: {} };
  expect(pruneUnknownFields(object, 'core.v1.ConfigMap').object).toEqual({ metadata: { managedFields: [] } });
});

test('empty lists and maps stay where they are asked for', () => {
  const object = { metadata: { labels: {}, finalizers: [] }, data: {} };
  expect(pruneUnknownFields(object, 'core.v1.ConfigMap', { empties: 'keep' })).toEqual({
    object,
    unknown: [],
    empties: true,
  });
  const full = { metadata: { labels: { a: 'b' } } };
  expect(pruneUnknownFields(full, 'core.v1.ConfigMap', { empties: 'keep' })).toEqual({
    object: full,
    unknown: [],
  });
});

test('at most a hundred unknown fields are told', () => {
  const spec = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, 1]));
  expect(pruneUnknownFields({ spec }, 'core.v1.Pod').unknown).toHaveLength(100);
});

test('of a type without a table nothing is known', () => {
  const object = { spec: { anything: [null] } };
  expect(pruneUnknownFields(object, 'example.v1.Thing')).toEqual({ object, unknown: [] });
});

test('an untouched struct', () => {
  expect(emptyObject('apps.v1.ReplicaSet')).toEqual({
    metadata: {},
    spec: { template: { metadata: {}, spec: {} } },
    status: { replicas: 0 },
  });
});

function refusalOf(attempt: () => unknown): any {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

// Upstream writes null for lists that are not set; here they are absent.
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

// The Go names of types and of embedded structs, as kube-apiserver v1.36.2 says them.
test.each([
  ['Secret', { type: 5 }, 'number into Go struct field Secret.type of type v1.SecretType'],
  ['Secret', { data: { a: [1, 300] } }, 'number 300 into Go struct field Secret.data of type uint8'],
  [
    'Pod',
    { spec: { overhead: 5 } },
    'number into Go struct field PodSpec.spec.overhead of type v1.ResourceList',
  ],
  [
    'Pod',
    { metadata: { ownerReferences: [{ uid: 5 }] } },
    'number into Go struct field OwnerReference.metadata.ownerReferences.uid of type types.UID',
  ],
  [
    'Pod',
    { spec: { volumes: [{ emptyDir: { medium: 5 } }] } },
    'number into Go struct field EmptyDirVolumeSource.spec.volumes.VolumeSource.emptyDir.medium of type v1.StorageMedium',
  ],
  [
    'Pod',
    { spec: { containers: [{ livenessProbe: { httpGet: { port: true } } }] } },
    'bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32',
  ],
  [
    'Pod',
    { spec: { containers: [{ securityContext: { capabilities: { add: 5 } } }] } },
    'number into Go struct field Capabilities.spec.containers.securityContext.capabilities.add of type []v1.Capability',
  ],
  [
    'Pod',
    { spec: { containers: [{ securityContext: { capabilities: { add: [5] } } }] } },
    'number into Go struct field Capabilities.spec.containers.securityContext.capabilities.add of type v1.Capability',
  ],
  [
    'Pod',
    { spec: { priority: Symbol('1e3') } },
    'number 1e3 into Go struct field PodSpec.spec.priority of type int32',
  ],
])('%s %j', (kind, fields, expected) => {
  const object = { apiVersion: 'v1', kind, ...fields };
  expect(() => pruneUnknownFields(object, `core.v1.${kind}`)).toThrow(`json: cannot unmarshal ${expected}`);
});

test('quantities keep the form of a number, and bytes may come one by one', () => {
  const pod = { spec: { overhead: { cpu: Symbol('1e3'), memory: Symbol('123456789012345678901') } } };
  expect(pruneUnknownFields(pod, 'core.v1.Pod').object.spec.overhead).toEqual({
    cpu: '1e3',
    memory: '123456789012345678901',
  });
  expect(pruneUnknownFields({ data: { a: [104, 105] } }, 'core.v1.Secret').object.data).toEqual({
    a: 'aGk=',
  });
});
