import { describe, expect, test } from 'vitest';
import { recordedCases } from '../../testing/recorded_cases.ts';
import { applyStrategicPatch } from './strategic_patch.ts';

describe('as upstream does', () => {
  const cases = recordedCases(new URL('strategic_patch.jsonl', import.meta.url));
  test.each(cases)('$type $patch', ({ type, doc, patch, result, error }) => {
    const before = structuredClone([doc, patch]);
    if (error) expect(() => applyStrategicPatch(doc, patch, type)).toThrow();
    else expect(withoutNulls(applyStrategicPatch(doc, patch, type))).toEqual(result);
    expect([doc, patch]).toEqual(before);
  });
});

const pod = (spec: object, metadata: object = {}) => ({ metadata, spec });
const containers = (...names: string[]) => names.map((name) => ({ name, image: `${name}:1` }));

test.each<[string, object, object, object]>([
  [
    'items are merged by key, new ones go first',
    pod({ containers: containers('a', 'b') }),
    { spec: { containers: [{ name: 'c' }, { name: 'a', image: 'a:2' }] } },
    pod({ containers: [{ name: 'c' }, { name: 'a', image: 'a:2' }, { name: 'b', image: 'b:1' }] }),
  ],
  [
    '$patch: delete takes an item out',
    pod({ containers: containers('a', 'b') }),
    { spec: { containers: [{ name: 'a', $patch: 'delete' }] } },
    pod({ containers: containers('b') }),
  ],
  [
    '$patch: replace among the items replaces the list',
    pod({ containers: containers('a', 'b') }),
    { spec: { containers: [{ name: 'z' }, { $patch: 'replace' }] } },
    pod({ containers: [{ name: 'z' }] }),
  ],
  [
    '$patch: replace in an object replaces it',
    pod({ securityContext: { runAsUser: 1, fsGroup: 2 } }),
    { spec: { securityContext: { fsGroup: 3, $patch: 'replace' } } },
    pod({ securityContext: { fsGroup: 3 } }),
  ],
  [
    '$patch: delete empties an object',
    pod({ nodeSelector: { a: '1' } }),
    { spec: { nodeSelector: { $patch: 'delete' } } },
    pod({ nodeSelector: {} }),
  ],
  [
    '$setElementOrder puts items in order, others stay before what followed them',
    pod({ containers: containers('a', 'b', 'c') }),
    {
      spec: {
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
        containers: [{ name: 'c', image: 'x' }],
      },
    },
    pod({ containers: [...containers('b'), { name: 'c', image: 'x' }, ...containers('a')] }),
  ],
  [
    '$deleteFromPrimitiveList takes scalars out, the list of the patch adds some',
    { metadata: { finalizers: ['a', 'b', 'c'] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['b'], finalizers: ['d'] } },
    { metadata: { finalizers: ['d', 'a', 'c'] } },
  ],
  [
    '$retainKeys clears what it does not name',
    pod({ volumes: [{ name: 'v', emptyDir: {} }] }),
    { spec: { volumes: [{ name: 'v', hostPath: { path: '/x' }, $retainKeys: ['name', 'hostPath'] }] } },
    pod({ volumes: [{ name: 'v', hostPath: { path: '/x' } }] }),
  ],
  [
    'lists without a strategy are replaced',
    pod({ tolerations: [{ key: 'a' }] }),
    { spec: { tolerations: [{ key: 'b' }] } },
    pod({ tolerations: [{ key: 'b' }] }),
  ],
  [
    'null deletes',
    { metadata: { labels: { a: '1', b: '2' } } },
    { metadata: { labels: { a: null } } },
    { metadata: { labels: { b: '2' } } },
  ],
  [
    'null for what is not there says nothing',
    { metadata: {} },
    { metadata: { labels: { a: null, b: '1' } } },
    { metadata: { labels: { b: '1' } } },
  ],
])('%s', (_name, doc, patch, result) => {
  expect(applyStrategicPatch(doc, patch, 'core.v1.Pod')).toEqual(result);
});

test.each<[string, object, object, RegExp, number?]>([
  [
    'an item without its key',
    pod({ containers: containers('a') }),
    { spec: { containers: [{ image: 'x' }] } },
    /does not contain declared merge key: name/,
  ],
  ['an unknown directive', {}, { $patch: 'merge' }, /unknown patch type: merge/],
  [
    'keys beyond $retainKeys',
    { spec: {} },
    { spec: { a: 1, $retainKeys: ['b'] } },
    /invalid patch format of retainKeys/,
    400,
  ],
  [
    'an order that contradicts the list',
    pod({ containers: containers('a') }),
    { spec: { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'b' }] } },
    /doesn't match \$setElementOrder list/,
  ],
  [
    'items of several kinds',
    { metadata: { finalizers: ['a'] } },
    { metadata: { finalizers: [1] } },
    /list element types are not identical/,
  ],
  [
    'a field below what has none',
    { spec: { x: {} } },
    { spec: { x: { y: 1 } } },
    /unable to find api field in struct PodSpec for the json field "x"/,
  ],
  ['something else', {}, [] as object, /invalid JSON document/, 400],
])('%s is refused', (_name, doc, patch, message, code = 500) => {
  expect(() => applyStrategicPatch(doc, patch, 'core.v1.Pod')).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('prototypes stay out of reach', () => {
  const patch = JSON.parse(
    '{"metadata":{"labels":{"__proto__":{"x":"1"},"constructor":"c"}},"__proto__":{"x":1}}',
  );
  const result = applyStrategicPatch({ metadata: { labels: {} } }, patch, 'core.v1.Pod');
  expect(result).toEqual({ metadata: { labels: { constructor: 'c' } } });
  expect(({} as any).x).toBeUndefined();
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}
