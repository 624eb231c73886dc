import { describe, expect, test } from 'vitest';
import {
  canonicalQuantity,
  parseQuantity,
  QuantityError,
  QuantityValue,
  tryParseQuantity,
} from './quantity.ts';
import { recordedCases } from './testing/recorded_cases.ts';

describe('as upstream does', () => {
  test.each(recordedCases(new URL('quantity.jsonl', import.meta.url)))('$text', (row) => {
    if (row.error) {
      expect(() => parseQuantity(row.text)).toThrow(new QuantityError(row.error));
      return;
    }
    const quantity = parseQuantity(row.text);
    const other = parseQuantity(row.other);
    expect(quantity.toString()).toBe(row.canonical);
    if (row.value !== undefined) {
      expect(quantity.value() + 0).toBe(row.value);
      expect(quantity.milliValue() + 0).toBe(row.milli);
    }
    expect(quantity.add(other).toString()).toBe(row.sum);
    expect(quantity.sub(other).toString()).toBe(row.difference);
    expect(quantity.cmp(other)).toBe(row.cmp);
  });
});

test('numbers are read as their text', () => {
  expect(parseQuantity(1.5).toString()).toBe('1500m');
  expect(parseQuantity(2).toString()).toBe('2');
});

test('amounts that a number of JavaScript cannot hold stay exact', () => {
  const sum = parseQuantity('9007199254740993').add(parseQuantity('1'));
  expect(sum.toString()).toBe('9007199254740994');
  expect(parseQuantity('9007199254740993').sub(sum).toString()).toBe('-1');
});

test('a decimal amount beyond the largest suffix keeps its digits', () => {
  expect(parseQuantity('1000E').toString()).toBe('1000E');
});

test('exponents that would take forever are refused', () => {
  expect(() => parseQuantity('1e1000000')).toThrow(QuantityError);
});

test('helpers', () => {
  expect(parseQuantity('-3').sign()).toBe(-1);
  expect(parseQuantity('0Mi').isZero()).toBe(true);
  expect(parseQuantity('100m').mul(3).toString()).toBe('300m');
  expect(parseQuantity('2Gi').neg().toString()).toBe('-2Gi');
  expect(parseQuantity('1500m').approximate()).toBeCloseTo(1.5);
  expect(QuantityValue.of(2048, { format: 'BinarySI' }).toString()).toBe('2Ki');
  expect(tryParseQuantity({})).toBeUndefined();
  expect(tryParseQuantity('x')).toBeUndefined();
  expect(canonicalQuantity('1024Mi')).toBe('1Gi');
  expect(canonicalQuantity('not one')).toBe('not one');
  expect(JSON.stringify({ cpu: parseQuantity('0.25') })).toBe('{"cpu":"250m"}');
});

test.each([
  ['1e-10', '1e-3'],
  ['0.1u', '1m'],
  ['-1n', '-1m'],
  ['1500u', '2m'],
  ['1.5Gi', '1536Mi'],
  ['100000000000000000000', '100E'],
])('%s in thousandths is %s', (text, rounded) => {
  expect(parseQuantity(text).roundUp(-3).toString()).toBe(rounded);
});
