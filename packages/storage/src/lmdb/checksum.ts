import * as zlib from 'node:zlib';

/** CRC-32 as a signed 32-bit number, which V8 keeps without an allocation. `start`: of what came before. */
export function checksumOf(bytes: Uint8Array, start = 0): number {
  return crc32(bytes, start >>> 0) | 0;
}

const table = new Int32Array(256).map((_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

export function crc32InScript(bytes: Uint8Array, start: number): number {
  let value = ~start;
  for (let i = 0; i < bytes.length; i++) value = table[(value ^ bytes[i]!) & 0xff]! ^ (value >>> 8);
  return ~value;
}

// Node has it since 20.15; the project runs on 20.10.
const crc32 =
  (zlib as unknown as { crc32?: (bytes: Uint8Array, start: number) => number }).crc32 ?? crc32InScript;
