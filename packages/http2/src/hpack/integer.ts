// Integers with a prefix (RFC 7541, 5.1).
import { ConnectionError, errorCode } from '../protocol.ts';

/** More than any index, size or length that is of use; a larger one is an attack. */
const maxInteger = 0xff_ffff;

/** A place in a header block. */
export interface Cursor {
  bytes: Uint8Array;
  at: number;
}

/** Reads what begins in the low `prefixBits` of the byte at the cursor. @throws ConnectionError */
export function readInteger(cursor: Cursor, prefixBits: number): number {
  const { bytes } = cursor;
  const mask = (1 << prefixBits) - 1;
  let value = byteAt(bytes, cursor.at++) & mask;
  if (value < mask) return value;
  for (let shift = 0; ; shift += 7) {
    const byte = byteAt(bytes, cursor.at++);
    // Zeros could go on for ever, and shifts past the width wrap round.
    if (shift > 21) throw compressionError('an integer is too long');
    value += (byte & 0x7f) << shift;
    if (value > maxInteger) throw compressionError('an integer is too large');
    if (byte < 0x80) return value;
  }
}

/** Writes `value` at `at`, the bits above the prefix set to `pattern`; returns the end. */
export function writeInteger(
  bytes: Uint8Array,
  at: number,
  value: number,
  prefixBits: number,
  pattern: number,
): number {
  const mask = (1 << prefixBits) - 1;
  let end = at;
  if (value < mask) {
    bytes[end++] = pattern | value;
    return end;
  }
  bytes[end++] = pattern | mask;
  let rest = value - mask;
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw compressionError('a header block ends in the middle');
  return byte;
}

export function compressionError(message: string): ConnectionError {
  return new ConnectionError(errorCode.compressionError, message);
}
