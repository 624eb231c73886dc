// What SHA-256 and SHA-512 share (FIPS 180-4): fractions of roots of primes, and how a message is padded.

export interface Words {
  high: Int32Array;
  low: Int32Array;
}

export interface Constants {
  /** Fractions of the square roots of the first 8 primes. */
  start: Words;
  /** Fractions of the cube roots of the first 80 primes. */
  rounds: Words;
}

let known: Constants | undefined;

// SHA-256 uses the upper halves of the same numbers, of the first 64 primes.
export function constants(): Constants {
  if (known) return known;
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < 80; n++) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  const words = (values: bigint[]): Words => ({
    high: Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value >> 32n))),
    low: Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))),
  });
  known = {
    start: words(primes.slice(0, 8).map((prime) => root(prime << 128n, 2n))),
    rounds: words(primes.map((prime) => root(prime << 192n, 3n))),
  };
  return known;
}

/** The whole part of the `degree`th root. */
function root(of: bigint, degree: bigint): bigint {
  let low = 0n;
  let high = 1n << 70n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= of) low = middle;
    else high = middle;
  }
  return low;
}

/** The message, a one bit, zeros, and its length in bits: a whole number of blocks. */
export function padded(data: Uint8Array, blockBytes: number): DataView {
  const lengthBytes = blockBytes / 8;
  const blocks = Math.ceil((data.length + 1 + lengthBytes) / blockBytes);
  const bytes = new Uint8Array(blocks * blockBytes);
  bytes.set(data);
  bytes[data.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(data.length) * 8n);
  return view;
}
