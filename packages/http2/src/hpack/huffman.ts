// The Huffman code of strings (RFC 7541, 5.2 and appendix B), decoded a byte at a time. What we send is not coded.
import { compressionError } from './integer.ts';

/** Bits of each symbol's code. Codes of a length follow one another in the order of their symbols. */
const codeLengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const endOfString = 256;
const maxCodeLength = 30;

/** Of each symbol, its code. */
export const huffmanCodes: readonly { code: number; length: number }[] = canonicalCodes(codeLengths);

/**
 * Tables of 256 entries, one for each run of whole bytes that is the beginning of a longer code. An entry is a
 * symbol and the bits of its code that lie in this byte (`length << 16 | symbol`), or the number of the next table,
 * negative.
 */
const tables = decodingTables();

/** Decodes into `out`, which has room for 8/5 of the input; returns how much it wrote. @throws ConnectionError */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let written = 0;
  let table = 0;
  /** Bits that have been read but not used, the last of them lowest. */
  let bits = 0;
  let count = 0;
  /** Bits since the last symbol's end: more than 7 cannot be padding. */
  let pending = 0;
  for (let at = start; at < end; at++) {
    bits = ((bits << 8) | bytes[at]!) & 0xffff;
    count += 8;
    pending += 8;
    while (count >= 8) {
      const entry = tables[table + ((bits >>> (count - 8)) & 0xff)]!;
      if (entry < 0) {
        table = -entry;
        count -= 8;
      } else {
        out[written++] = symbolOf(entry);
        count -= entry >>> 16;
        pending = count;
        table = 0;
      }
    }
  }
  // What is left may be whole short codes, then padding: the beginning of the end's code, which is ones.
  while (count > 0) {
    const entry = tables[table + ((bits << (8 - count)) & 0xff)]!;
    const length = entry >>> 16;
    if (entry < 0 || length > count) break;
    out[written++] = symbolOf(entry);
    count -= length;
    pending = count;
    table = 0;
  }
  const mask = (1 << count) - 1;
  if (pending > 7 || (bits & mask) !== mask) throw compressionError('the padding of a string is not of ones');
  return written;
}

function symbolOf(entry: number): number {
  const symbol = entry & 0xffff;
  if (symbol === endOfString) throw compressionError('a string has its end inside');
  return symbol;
}

function canonicalCodes(lengths: readonly number[]): { code: number; length: number }[] {
  const codes = lengths.map((length) => ({ code: 0, length }));
  let next = 0;
  for (let length = 1; length <= maxCodeLength; length++) {
    for (const each of codes) if (each.length === length) each.code = next++;
    next *= 2;
  }
  return codes;
}

function decodingTables(): Int32Array {
  const entries: number[] = new Array(256).fill(0);
  huffmanCodes.forEach(({ code, length }, symbol) => {
    let table = 0;
    let rest = length;
    for (; rest > 8; rest -= 8) {
      const slot = table + ((code >>> (rest - 8)) & 0xff);
      if (entries[slot] === 0) {
        entries[slot] = -entries.length;
        for (let i = 0; i < 256; i++) entries.push(0);
      }
      table = -entries[slot]!;
    }
    const first = (code << (8 - rest)) & 0xff;
    for (let i = 0; i < 1 << (8 - rest); i++) entries[table + first + i] = (rest << 16) | symbol;
  });
  return Int32Array.from(entries);
}
