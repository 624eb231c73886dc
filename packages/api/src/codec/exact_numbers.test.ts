import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import {
  hasOddNumbers,
  parseExact,
  parseNumberTexts,
  plainNumbers,
  stringifyExact,
} from './exact_numbers.ts';

test.each([
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -9223372036854775808n],
  ['9223372036854775807', 9223372036854775807n],
])('%s there and back', (digits, value) => {
  const text = `{"a":[${digits},{"b":${digits}}],"c":"12345678901234567890 \\" ${digits}"}`;
  const object: any = parseExact(text);
  expect(object.a).toEqual([value, { b: value }]);
  expect(stringifyExact(object)).toBe(text);
});

test.each(['9223372036854775808', '12345678901234567.5', '12345678901234567e3'])(
  '%s is no int64',
  (digits) => {
    expect(parseExact(digits)).toBe(Number(digits));
  },
);

test('nobody smuggles a number in a text', () => {
  const object: any = parseExact('{"s":"\\ud8001234\\ud800","n":9007199254740993}');
  expect(stringifyExact(object)).toBe('{"s":"\ufffd1234\ufffd","n":9007199254740993}');
});

test('what is no JSON stays an error', () => {
  expect(() => parseExact('{"a":12345678901234567,}')).toThrow(SyntaxError);
  const ring: any = {};
  ring.ring = ring;
  expect(() => stringifyExact({ big: 1n, ring })).toThrow(TypeError);
});

test.each(['1.0', '1e3', '-1.5E+2', '9223372036854775808', '-123456789012345678901'])(
  '%s keeps its text, wherever it stands',
  (number) => {
    for (const text of [`{"a":${number},"b":"x:${number}"}`, `[1, ${number}]`, `${number}`]) {
      expect(hasOddNumbers(text)).toBe(true);
      const kept = JSON.stringify(parseNumberTexts(text), (_, value) =>
        typeof value === 'symbol' ? `text ${value.description}` : value,
      );
      expect(kept).toContain(`"text ${number}"`);
      expect(plainNumbers(parseNumberTexts(text))).toEqual(JSON.parse(text));
    }
  },
);

test('plain numbers and texts that look odd stay as they are', () => {
  expect(hasOddNumbers('{"a":1,"b":"10.0.0.1","c":[1,-2]}')).toBe(false);
  expect(parseNumberTexts('{"image":"x:1.5","n":5}')).toEqual({ image: 'x:1.5', n: 5 });
});

test('neither times nor digests look odd', () => {
  const digest = 'x@sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c';
  expect(hasOddNumbers(JSON.stringify({ at: '2026-01-01T00:00:00.123456Z', of: [digest, '1.5'] }))).toBe(
    false,
  );
});

describe.each([1, 2, 3])('a text that does not look odd has nothing odd (seed %d)', (seed) => {
  const random = seededRandom(seed);
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)]!;
  const space = () => oneOf(['', '', ' ', '\n\t', ' \r']);
  const digits = (count: number) => Array.from({ length: count }, () => oneOf([...'0123456789'])).join('');
  const number = () =>
    oneOf(['-', '']) +
    oneOf(['7', `1${digits(14)}`, `1${digits(16)}`, '1.5', '2E+3', '0.0', `9${digits(18)}`, '1e2']);
  const string = () =>
    JSON.stringify(oneOf(['a', '"', '\\', '1.5', ':1.5', ',2e3', '[1.0', '"x":1.5', digits(15)]));
  const scalar = () => oneOf([number, string, () => 'null', () => '12'])();
  const some = (make: () => string) => Array.from({ length: Math.floor(random.next() * 3) }, make).join(',');
  const value = (depth: number): string => {
    if (depth === 0) return scalar();
    const inner = () => space() + value(depth - 1) + space();
    if (random.next() < 0.5) return `[${some(inner)}]`;
    return `{${some(() => `${space()}${string()}${space()}:${inner()}`)}}`;
  };
  test('as JSON.parse reads it', () => {
    let plain = 0;
    for (let i = 0; i < 1000; i++) {
      const text = space() + value(i % 3);
      if (hasOddNumbers(text)) continue;
      plain++;
      expect(parseNumberTexts(text)).toEqual(JSON.parse(text));
      expect(parseExact(text)).toEqual(JSON.parse(text));
    }
    expect(plain).toBeGreaterThan(200);
  });
});
