import { describe, expect, test } from 'vitest';
import { readInteger, writeInteger } from './integer.ts';

const read = (bytes: number[], prefixBits: number) =>
  readInteger({ bytes: Uint8Array.from(bytes), at: 0 }, prefixBits);

describe('integers', () => {
  test.each([
    // RFC 7541, C.1
    [10, 5, [0b01010]],
    [1_337, 5, [0b11111, 0b10011010, 0b00001010]],
    [42, 8, [42]],
    [31, 5, [31, 0]],
    [0, 7, [0]],
    [16_384, 7, [127, 129, 127]],
  ])('%d with a prefix of %d bits', (value, prefixBits, bytes) => {
    expect(read(bytes, prefixBits)).toBe(value);
    const out = new Uint8Array(8);
    const end = writeInteger(out, 0, value, prefixBits, 0);
    expect([...out.subarray(0, end)]).toEqual(bytes);
  });

  test('bits above the prefix are the pattern', () => {
    const out = new Uint8Array(8);
    writeInteger(out, 0, 3, 4, 0x40);
    expect(out[0]).toBe(0x43);
    expect(read([0xe3], 5)).toBe(3);
  });

  test.each([
    ['that ends in the middle', [31, 0x80]],
    ['that has no byte', []],
    ['of too many bytes', [31, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ['that is too large', [31, 0xff, 0xff, 0xff, 0x7f]],
  ])('one %s is refused', (_, bytes) => {
    expect(() => read(bytes, 5)).toThrow();
  });
});
