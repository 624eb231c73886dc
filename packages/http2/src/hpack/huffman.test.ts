import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { decodeHuffman, huffmanCodes } from './huffman.ts';

function decode(bytes: Uint8Array): string {
  const out = new Uint8Array(bytes.length * 2);
  return String.fromCharCode(...out.subarray(0, decodeHuffman(bytes, 0, bytes.length, out)));
}

const hex = (text: string) => Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16));

/** A code's bits, filled up with ones. */
function encode(symbols: readonly number[]): Uint8Array {
  let bits = symbols
    .map((symbol) => huffmanCodes[symbol]!)
    .map(({ code, length }) => code.toString(2).padStart(length, '0'))
    .join('');
  while (bits.length % 8 !== 0) bits += '1';
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

describe('the code', () => {
  test.each([
    // RFC 7541, C.4 and C.6
    ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
    ['no-cache', 'a8eb10649cbf'],
    ['custom-value', '25a849e95bb8e8b4bf'],
    ['private', 'aec3771a4b'],
    ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
    [
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
      '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    ],
  ])('%s', (text, coded) => {
    expect(decode(hex(coded))).toBe(text);
  });

  test.each([
    // RFC 7541, appendix B: the first, the last and some between.
    [0, 0x1ff8, 13],
    [0x20, 0x14, 6],
    [0x30, 0x0, 5],
    [0x5c, 0x7fff0, 19],
    [0x7e, 0x1ffd, 13],
    [0x80, 0xfffe6, 20],
    [0xff, 0x3ffffee, 26],
    [256, 0x3fffffff, 30],
  ])('symbol %d', (symbol, code, length) => {
    expect(huffmanCodes[symbol]).toEqual({ code, length });
  });

  test('every symbol, after every length of what comes before', () => {
    for (let symbol = 0; symbol < 256; symbol++)
      for (let before = 0; before < 8; before++) {
        const symbols = [...new Array(before).fill(0x30), symbol, 0x61];
        expect(decode(encode(symbols))).toBe(String.fromCharCode(...symbols));
      }
  });

  test('random texts', () => {
    const random = seededRandom(3);
    for (let i = 0; i < 300; i++) {
      const symbols = Array.from({ length: Math.floor(random.next() * 40) }, () =>
        Math.floor(random.next() * 256),
      );
      expect(decode(encode(symbols))).toBe(String.fromCharCode(...symbols));
    }
  });
});

describe('refused', () => {
  test.each([
    ['padding of zeros', Uint8Array.of(0b00000_000)],
    ['padding of a whole byte', Uint8Array.of(0b00000_111, 0xff)],
    ['the end inside', Uint8Array.of(0xff, 0xff, 0xff, 0xfc, 0xff)],
    ['the end as the last symbol', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
    ['a long code that breaks off', Uint8Array.of(0xff, 0xc0)],
  ])('%s', (_, bytes) => {
    expect(() => decode(bytes)).toThrow();
  });
});
