import { describe, expect, test } from 'vitest';
import { findDuplicateFields, mayRepeatFields } from './duplicate_fields.ts';
import { decodeJson, encodeJson, parseJson } from './json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('what goes in comes out', () => {
  const value = { a: [1, 'é', null, { b: true }], 'c.d': -0.5 };
  expect(decodeJson(encodeJson(value))).toEqual(value);
});

test.each([
  ['{', /json parse error/],
  ['', /json parse error/],
  ['{"a":1}x', /json parse error/],
  ["{'a':1}", /json parse error/],
])('%s is refused with 400', (text, message) => {
  expect(() => decodeJson(bytes(text))).toThrow(
    expect.objectContaining({ code: 400, message: expect.stringMatching(message) }),
  );
});

test('bytes that are not UTF-8 are refused', () => {
  expect(() => decodeJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('not valid UTF-8');
});

describe('nesting', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  test('as deep as allowed, no deeper', () => {
    expect(() => parseJson(nested(1000))).not.toThrow();
    expect(() => parseJson(nested(1001))).toThrow('exceeded max depth');
    expect(() => parseJson(nested(6), { maxDepth: 5 })).toThrow('exceeded max depth');
  });

  test('brackets in strings do not count', () => {
    const text = JSON.stringify({ a: '['.repeat(5000), b: '\\"{' });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test('many brackets side by side do not count as depth', () => {
    expect(parseJson(`[${Array(3000).fill('{}').join(',')}]`)).toHaveLength(3000);
  });
});

test('a body that is too long is refused', () => {
  expect(() => decodeJson(bytes('"aaaaaaaa"'), { maxBytes: 5 })).toThrow('longer than 5 bytes');
});

test.each(['{"__proto__":{"x":1},"a":{"\\u005f_proto__":1}}', '{"a":{"_\\u005F\\u0070roto__":{}}}'])(
  '%s changes no prototype',
  (text) => {
    const value = parseJson(text);
    expect(Object.keys(value)).toEqual(['a']);
    expect(Object.keys(value.a)).toEqual([]);
    expect(({} as any).x).toBeUndefined();
  },
);

describe('fields that stand twice', () => {
  test.each([
    ['{"a":1,"b":2}', []],
    ['{"a":1,"a":2}', ['duplicate field "a"']],
    ['{"spec":{"x":1,"y":{},"x":2}}', ['duplicate field "spec.x"']],
    ['{"l":[{"n":1},{"n":1,"n":2}]}', ['duplicate field "l[1].n"']],
    ['[[{"a":1,"a":1}]]', ['duplicate field "[0][0].a"']],
    ['{"a":"x,\\"a\\":1","b":["a","a"]}', []],
    ['{"a":1,"\\u0061":2,"a":3}', ['duplicate field "a"']],
    ['{ "a" : { "b" : 1 , "b" : 2 } , "a" : 3 }', ['duplicate field "a.b"', 'duplicate field "a"']],
  ])('%s', (text, found) => {
    expect(findDuplicateFields(text)).toEqual(found);
    expect(findDuplicateFields(bytes(text))).toEqual(found);
    expect(mayRepeatFields(text, JSON.parse(text))).toBe(found.length > 0);
  });
});
