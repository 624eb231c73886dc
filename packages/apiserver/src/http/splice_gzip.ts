// One gzip member (RFC 1952) of two parts of which the second was compressed long ago: a large body is packed once,
// however many answers begin with a head of their own.

const headerLength = 10;
/** CRC-32 and length of what is packed. */
const trailerLength = 8;
/** What one stored block holds (RFC 1951, 3.2.4). */
const maxHeadLength = 0xffff;

/** Chunks of the member that unpacks to `head` and then what `gzip` unpacks to. `gzip` has no name or comment. */
export function spliceGzip(head: Uint8Array, gzip: Uint8Array): Uint8Array[] {
  if (head.length > maxHeadLength) throw new RangeError('the head is longer than a stored block');
  const start = new Uint8Array(headerLength + 5 + head.length);
  start.set(gzip.subarray(0, headerLength));
  const view = new DataView(start.buffer);
  // Not the final block, stored, its length and its complement; the next block begins at a whole byte.
  view.setUint8(headerLength, 0);
  view.setUint16(headerLength + 1, head.length, true);
  view.setUint16(headerLength + 3, ~head.length & 0xffff, true);
  start.set(head, headerLength + 5);
  const trailer = gzip.subarray(gzip.length - trailerLength);
  const read = new DataView(trailer.buffer, trailer.byteOffset, trailerLength);
  const bodyLength = read.getUint32(4, true);
  const end = new Uint8Array(trailerLength);
  const write = new DataView(end.buffer);
  write.setUint32(0, combineCrc32(crc32(head), read.getUint32(0, true), bodyLength), true);
  write.setUint32(4, (head.length + bodyLength) >>> 0, true);
  return [start, gzip.subarray(headerLength, gzip.length - trailerLength), end];
}

/** CRC-32 of `a` followed by `b`, from theirs: the first is moved up by the length of `b` (polynomials over GF(2)). */
export function combineCrc32(a: number, b: number, lengthOfB: number): number {
  return (multiply(powerOfX(lengthOfB * 8), a) ^ b) >>> 0;
}

const polynomial = 0xedb88320;
/** x^0 and x^1: the highest bit is the lowest power. */
const one = 0x80000000 | 0;
const x = 0x40000000;

function powerOfX(exponent: number): number {
  let result = one;
  let square = x;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(square, result);
    square = multiply(square, square);
  }
  return result;
}

function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = one; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product;
}

export function crc32(bytes: Uint8Array): number {
  let value = -1;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? polynomial : 0);
  }
  return ~value >>> 0;
}
