import { type Random, seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { recordedCases } from '../testing/recorded_cases.ts';
import { applyMergePatch, createMergePatch } from './merge_patch.ts';

describe('as upstream does', () => {
  test.each(recordedCases(new URL('merge_patch.jsonl', import.meta.url)))(
    '$patch',
    ({ doc, patch, result }) => {
      const before = structuredClone([doc, patch]);
      expect(applyMergePatch(doc, patch)).toEqual(result);
      expect([doc, patch]).toEqual(before);
    },
  );
});

// RFC 7386, appendix A, where the patch is an object or a list.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j with %j is %j', (doc, patch, result) => {
  expect(applyMergePatch(doc, patch)).toEqual(result);
});

test('a patch that is neither object nor list is refused', () => {
  for (const patch of [null, 'x', 1]) expect(() => applyMergePatch({}, patch)).toThrow('Invalid JSON Patch');
});

test('prototypes stay out of reach', () => {
  const patch = JSON.parse('{"__proto__":{"x":1},"a":{"__proto__":{"x":1},"constructor":2}}');
  const result = applyMergePatch({ a: {} }, patch);
  expect(result).toEqual({ a: { constructor: 2 } });
  expect(Object.getPrototypeOf(result.a)).toBe(Object.prototype);
});

test.each([1, 2, 3, 4])('a patch made of two documents makes the one of the other (seed %d)', (seed) => {
  const random = seededRandom(seed);
  for (let round = 0; round < 300; round++) {
    const [from, to] = [someObject(random, 3), someObject(random, 3)];
    const patch = createMergePatch(from, to);
    expect(applyMergePatch(from, patch), `seed ${seed}, round ${round}`).toEqual(to);
    expect(createMergePatch(to, applyMergePatch(from, patch))).toEqual({});
  }
});

function someObject(random: Random, depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const key of ['a', 'b', 'c', 'd']) if (random.next() < 0.5) object[key] = someValue(random, depth - 1);
  return object;
}

function someValue(random: Random, depth: number): unknown {
  const choice = random.next();
  if (depth > 0 && choice < 0.5) return someObject(random, depth);
  if (choice < 0.6) return [Math.floor(random.next() * 3), { x: 1 }];
  return choice < 0.8 ? Math.floor(random.next() * 3) : 'text';
}
