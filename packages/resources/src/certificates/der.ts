// DER (X.690), as far as certificates need it: types, lengths, and what is inside.

export interface DerValue {
  /** The whole first byte: class, constructed bit and number. */
  tag: number;
  content: Uint8Array;
}

/** The values that fill `bytes`, one after the other; undefined where it is no DER. */
export function derValues(bytes: Uint8Array): DerValue[] | undefined {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at]!;
    const first = bytes[at + 1];
    if (first === undefined || (tag & 0x1f) === 0x1f) return undefined;
    at += 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4 || at + count > bytes.length) return undefined;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[at + i]!;
      // The shortest form is the only one.
      if (length < 0x80 || (count > 1 && bytes[at] === 0)) return undefined;
      at += count;
    }
    if (at + length > bytes.length) return undefined;
    values.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return values;
}
