import { expect, test } from 'vitest';
import { formatGo, goTypeOf } from './go_format.ts';

test.each([
  [{ b: 1, a: ['x', null, true] }, 'map[a:[x <nil> true] b:1]', 'map[string]interface {}'],
  [[], '[]', '[]interface {}'],
  [1.5, '1.5', 'float64'],
  [1e30, '1e+30', 'float64'],
  [0.00001, '1e-05', 'float64'],
  [7, '7', 'int64'],
  [null, '<nil>', 'nil'],
  ['a b', 'a b', 'string'],
] as const)('%o is %s', (value, shown, type) => {
  expect(formatGo(value)).toBe(shown);
  expect(goTypeOf(value)).toBe(type);
});

test('what no number can hold', () => {
  expect(formatGo(9007199254740993n)).toBe('9007199254740993');
  expect(goTypeOf(9007199254740993n)).toBe('int64');
});
