import { expect, test } from 'vitest';
import { sameValue } from './equality.ts';

test.each<[a: unknown, b: unknown, type: string | undefined, expected: boolean]>([
  [undefined, [], undefined, true],
  [null, undefined, undefined, true],
  [{ a: [] }, {}, undefined, true],
  [{ a: 1 }, { a: 2 }, undefined, false],
  [[1, 2], [2, 1], undefined, false],
  // A value that Go holds by value is there even when nothing was written.
  [{ hostNetwork: false }, {}, 'core.v1.PodSpec', true],
  [{ nodeName: '' }, {}, 'core.v1.PodSpec', true],
  [{ hostNetwork: true }, {}, 'core.v1.PodSpec', false],
  // One behind a pointer is not.
  [{ priority: 0 }, {}, 'core.v1.PodSpec', false],
  [{ securityContext: {} }, {}, 'core.v1.PodSpec', false],
  [{ limits: { cpu: '1000m' } }, { limits: { cpu: '1' } }, 'core.v1.ResourceRequirements', true],
  [{ limits: { cpu: '1' } }, { limits: { cpu: '2' } }, 'core.v1.ResourceRequirements', false],
  [{ data: { a: '' } }, { data: {} }, 'core.v1.ConfigMap', false],
])('%j and %j of %s: %s', (a, b, type, expected) => {
  expect(sameValue(a, b, type)).toBe(expected);
  expect(sameValue(b, a, type)).toBe(expected);
});
