import { expect, test } from 'vitest';
import { deepEqual, semanticEqual } from './deep_equal.ts';

test.each([
  [1, 1, true],
  [1, '1', false],
  [null, undefined, false],
  [[], {}, false],
  [[1, [2]], [1, [2]], true],
  [[1, 2], [2, 1], false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: null }, {}, false],
  [{ constructor: 1 }, {}, false],
  [{}, { constructor: 1 }, false],
  [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, false],
])('deepEqual(%j, %j): %s', (a, b, equal) => {
  expect(deepEqual(a, b)).toBe(equal);
});

test.each([
  [null, [], true],
  [{ a: {} }, {}, true],
  [{}, { a: null, b: [] }, true],
  [{ a: '' }, {}, false],
  [{ a: [{}] }, { a: [] }, false],
  [{}, { constructor: { a: 1 } }, false],
  [{ a: { b: [] }, c: 1 }, { a: {}, c: 1 }, true],
])('semanticEqual(%j, %j): %s', (a, b, equal) => {
  expect(semanticEqual(a, b)).toBe(equal);
});
