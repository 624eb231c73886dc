import { badRequest } from '../../errors/make_error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
// Below this many bytes building the string here is faster than a call of TextDecoder.
const shortString = 48;

export const wireVarint = 0;
export const wireFixed64 = 1;
export const wireBytes = 2;
export const wireFixed32 = 5;

/** Reads protobuf. Throws ApiError 400 for bytes that aren't. */
export class WireReader {
  readonly bytes: Uint8Array;
  at = 0;
  #view: DataView | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** A number up to 32 bits: tags, lengths, booleans. Higher bits are dropped. */
  uint32(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = bytes[this.at++]!;
      if (byte === undefined) throw malformed('unexpected EOF');
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw malformed('integer overflow');
  }

  /** Beyond 2^53 the nearest number. */
  int64(signed: boolean): number {
    const { bytes } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[this.at++];
      if (byte === undefined) throw malformed('unexpected EOF');
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return (signed ? high | 0 : high >>> 0) * 0x1_0000_0000 + (low >>> 0);
    }
    throw malformed('integer overflow');
  }

  /** A bigint beyond 2^53. */
  exactInt64(signed: boolean): number | bigint {
    const start = this.at;
    const near = this.int64(signed);
    if (Number.isSafeInteger(near)) return near;
    let bits = 0n;
    for (let at = start; at < this.at; at++)
      bits |= BigInt(this.bytes[at]! & 0x7f) << BigInt(7 * (at - start));
    const exact = signed ? BigInt.asIntN(64, bits) : BigInt.asUintN(64, bits);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }

  double(): number {
    this.#need(8);
    this.#view ??= viewOf(this.bytes);
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  float(): number {
    this.#need(4);
    this.#view ??= viewOf(this.bytes);
    const value = this.#view.getFloat32(this.at, true);
    this.at += 4;
    return value;
  }

  /** The end of the length-delimited value that begins here, after its length was read. */
  blockEnd(limit: number): number {
    const length = this.uint32();
    const end = this.at + length;
    if (end > limit) throw malformed('unexpected EOF');
    return end;
  }

  /** UTF-8 up to `end`. */
  string(end: number): string {
    const { bytes } = this;
    const start = this.at;
    this.at = end;
    if (end - start > shortString) return decode(bytes.subarray(start, end));
    let text = '';
    let at = start;
    for (; end - at >= 8; at += 8) {
      const a = bytes[at]!;
      const b = bytes[at + 1]!;
      const c = bytes[at + 2]!;
      const d = bytes[at + 3]!;
      const e = bytes[at + 4]!;
      const f = bytes[at + 5]!;
      const g = bytes[at + 6]!;
      const h = bytes[at + 7]!;
      if ((a | b | c | d | e | f | g | h) > 0x7f) return decode(bytes.subarray(start, end));
      text += String.fromCharCode(a, b, c, d, e, f, g, h);
    }
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte > 0x7f) return decode(bytes.subarray(start, end));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** A view of the bytes up to `end`; copy it to keep it. */
  block(end: number): Uint8Array {
    const block = this.bytes.subarray(this.at, end);
    this.at = end;
    return block;
  }

  skip(wire: number, limit: number): void {
    if (wire === wireVarint) this.int64(false);
    else if (wire === wireBytes) this.at = this.blockEnd(limit);
    else if (wire === wireFixed64) this.at += this.#need(8);
    else if (wire === wireFixed32) this.at += this.#need(4);
    else throw malformed(`illegal wireType ${wire}`);
  }

  #need(length: number): number {
    if (this.at + length > this.bytes.length) throw malformed('unexpected EOF');
    return length;
  }
}

export function malformed(detail: string): Error {
  // Go's io.ErrUnexpectedEOF is nobody's in particular.
  return badRequest(detail === 'unexpected EOF' ? detail : `proto: ${detail}`);
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('invalid UTF-8');
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
