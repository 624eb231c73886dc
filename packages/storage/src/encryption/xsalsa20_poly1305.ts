// NaCl's crypto_secretbox: XSalsa20 (Bernstein, "Extending the Salsa20 nonce") with Poly1305 (RFC 8439, 2.5).
import { timingSafeEqual } from 'node:crypto';
import type { Bytes } from '../store.ts';

export const nonceSize = 24;
const tagSize = 16;

/** Tag, then ciphertext. */
export function sealSecretbox(value: Bytes, nonce: Bytes, secret: Bytes): Bytes {
  const stream = xsalsa20(nonce, secret, value.length + 32);
  const box = new Uint8Array(tagSize + value.length);
  for (let i = 0; i < value.length; i++) box[tagSize + i] = value[i]! ^ stream[32 + i]!;
  box.set(poly1305(box.subarray(tagSize), stream.subarray(0, 32)));
  return box;
}

/** Undefined for a box that this secret hasn't closed. */
export function openSecretbox(box: Bytes, nonce: Bytes, secret: Bytes): Bytes | undefined {
  if (box.length < tagSize) return undefined;
  const stream = xsalsa20(nonce, secret, box.length - tagSize + 32);
  const tag = poly1305(box.subarray(tagSize), stream.subarray(0, 32));
  if (!timingSafeEqual(tag, box.subarray(0, tagSize))) return undefined;
  const value = new Uint8Array(box.length - tagSize);
  for (let i = 0; i < value.length; i++) value[i] = box[tagSize + i]! ^ stream[32 + i]!;
  return value;
}

const sigma = words(new TextEncoder().encode('expand 32-byte k'));

/** `length` bytes of key stream. */
function xsalsa20(nonce: Bytes, secret: Bytes, length: number): Bytes {
  const key = words(secret);
  const long = words(nonce);
  const derived = rounds(state(key, long.subarray(0, 4)));
  // HSalsa20: the words that held the constants and the nonce, without the final addition.
  const subkey = Uint32Array.from([0, 5, 10, 15, 6, 7, 8, 9], (i) => derived[i]!);
  const out = new Uint8Array(Math.ceil(length / 64) * 64);
  const view = new DataView(out.buffer);
  for (let block = 0; block * 64 < length; block++) {
    const input = state(subkey, Uint32Array.of(long[4]!, long[5]!, block, 0));
    const mixed = rounds(input);
    for (let i = 0; i < 16; i++) view.setUint32(block * 64 + 4 * i, mixed[i]! + input[i]!, true);
  }
  return out.subarray(0, length);
}

function state(key: Uint32Array, input: Uint32Array): Uint32Array {
  const [s0, s1, s2, s3] = sigma;
  return Uint32Array.of(s0!, ...key.subarray(0, 4), s1!, ...input, s2!, ...key.subarray(4, 8), s3!);
}

// Each quarter round's words: four columns, then four rows.
const quarters = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const;

/** The twenty rounds of Salsa20. */
function rounds(input: Uint32Array): Uint32Array {
  const x = Uint32Array.from(input);
  for (let round = 0; round < 10; round++) {
    for (const [a, b, c, d] of quarters) {
      x[b]! ^= rotate(x[a]! + x[d]!, 7);
      x[c]! ^= rotate(x[b]! + x[a]!, 9);
      x[d]! ^= rotate(x[c]! + x[b]!, 13);
      x[a]! ^= rotate(x[d]! + x[c]!, 18);
    }
  }
  return x;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function poly1305(message: Bytes, secret: Bytes): Bytes {
  const prime = (1n << 130n) - 5n;
  const r = little(secret.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16);
    sum = ((sum + little(block) + (1n << BigInt(8 * block.length))) * r) % prime;
  }
  sum += little(secret.subarray(16, 32));
  const tag = new Uint8Array(tagSize);
  for (let i = 0; i < tagSize; i++, sum >>= 8n) tag[i] = Number(sum & 0xffn);
  return tag;
}

function little(bytes: Bytes): bigint {
  let value = 0n;
  for (let at = 0; at < bytes.length; at += 4) {
    let word = 0;
    for (let i = Math.min(bytes.length - at, 4) - 1; i >= 0; i--) word = word * 256 + bytes[at + i]!;
    value |= BigInt(word) << BigInt(8 * at);
  }
  return value;
}

function words(bytes: Bytes): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
