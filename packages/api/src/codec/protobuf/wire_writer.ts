// Writes protobuf from the end of a buffer towards its start: the length of a message is known when it is
// written, so nothing has to be measured before.

const encoder = new TextEncoder();
const shortString = 48;
const initialBytes = 16 << 10;
// A writer is kept for the next message unless one message made it grow beyond this.
const keptBytes = 1 << 20;

export class WireWriter {
  bytes = new Uint8Array(initialBytes);
  /** Where the written bytes begin. */
  at = initialBytes;
  #view = new DataView(this.bytes.buffer);

  /** Bytes written so far. */
  get size(): number {
    return this.bytes.length - this.at;
  }

  /** A copy of what was written; the writer is empty again. */
  finish(): Uint8Array {
    const out = this.bytes.slice(this.at);
    this.reset();
    return out;
  }

  reset(): void {
    if (this.bytes.length > keptBytes) this.#replace(new Uint8Array(initialBytes));
    this.at = this.bytes.length;
  }

  byte(value: number): void {
    if (this.at < 1) this.#grow(1);
    this.bytes[--this.at] = value;
  }

  /** A whole number up to 2^53, or a negative one as its 64-bit two's complement. */
  varint(value: number): void {
    if (this.at < 10) this.#grow(10);
    if (value >= 0 && value < 0x80) {
      this.bytes[--this.at] = value;
    } else if (value >= 0 && value < 0x8000_0000) {
      const length = value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
      let to = (this.at -= length);
      for (let left = length - 1; left > 0; left--) {
        this.bytes[to++] = (value & 0x7f) | 0x80;
        value >>>= 7;
      }
      this.bytes[to] = value;
    } else this.#longVarint(value >>> 0, Math.floor(value / 0x1_0000_0000) >>> 0);
  }

  /** Any whole number of 64 bits. */
  varint64(value: bigint): void {
    if (this.at < 10) this.#grow(10);
    const bits = BigInt.asUintN(64, value);
    this.#longVarint(Number(bits & 0xffff_ffffn), Number(bits >> 32n));
  }

  double(value: number): void {
    if (this.at < 8) this.#grow(8);
    this.at -= 8;
    this.#view.setFloat64(this.at, value, true);
  }

  float(value: number): void {
    if (this.at < 4) this.#grow(4);
    this.at -= 4;
    this.#view.setFloat32(this.at, value, true);
  }

  raw(value: Uint8Array): void {
    if (this.at < value.length) this.#grow(value.length);
    this.at -= value.length;
    this.bytes.set(value, this.at);
  }

  /** UTF-8, without its length. */
  string(text: string): void {
    const length = text.length;
    if (length <= shortString) {
      if (this.at < length) this.#grow(length);
      const { bytes } = this;
      let to = this.at;
      let from = length;
      while (from > 0) {
        const code = text.charCodeAt(--from);
        if (code > 0x7f) {
          this.#longString(text);
          return;
        }
        bytes[--to] = code;
      }
      this.at = to;
    } else this.#longString(text);
  }

  #longString(text: string): void {
    const most = text.length * 3;
    if (this.at < most) this.#grow(most);
    const start = this.at - most;
    const { written } = encoder.encodeInto(text, this.bytes.subarray(start, this.at));
    this.bytes.copyWithin(this.at - written, start, start + written);
    this.at -= written;
  }

  #longVarint(lowBits: number, highBits: number): void {
    let low = lowBits;
    let high = highBits;
    const out: number[] = [];
    while (high > 0 || low > 0x7f) {
      out.push((low & 0x7f) | 0x80);
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    out.push(low);
    this.at -= out.length;
    this.bytes.set(out, this.at);
  }

  #grow(need: number): void {
    const { bytes, at, size } = this;
    let length = bytes.length * 2;
    while (length < size + need) length *= 2;
    const next = new Uint8Array(length);
    next.set(bytes.subarray(at), length - size);
    this.#replace(next);
    this.at = length - size;
  }

  #replace(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
