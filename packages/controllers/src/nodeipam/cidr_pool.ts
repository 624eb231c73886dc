import { type Cidr, parseCidr } from '@kubets/resources';

/** Parts that one range is cut into at most; a /64 of IPv6 would have more than can be counted. */
const maxParts = 65_536;

/** Equal parts of one range, each held by at most one node. */
export class CidrPool {
  readonly #range: Cidr;
  readonly #maskSize: number;
  readonly #parts: number;
  readonly #holders = new Map<string, string>();
  #next = 0;

  /** Throws for what is not a range, or too small a one: it comes from the command line. */
  constructor(range: string, maskSizes: { ipv4: number; ipv6: number }) {
    const parsed = parseCidr(range);
    if (!parsed) throw new Error(`invalid CIDR address: ${range}`);
    this.#range = parsed;
    this.#maskSize = parsed.address.family === 'IPv4' ? maskSizes.ipv4 : maskSizes.ipv6;
    const free = this.#maskSize - parsed.prefixLength;
    if (free < 0)
      throw new Error(`node CIDR mask size ${this.#maskSize} is larger than the cluster CIDR ${range}`);
    this.#parts = Math.min(maxParts, 2 ** free);
  }

  /** Notes that `holder` has `cidr`. */
  occupy(cidr: string, holder: string): void {
    this.#holders.set(cidr, holder);
  }

  release(cidr: string, holder: string): void {
    if (this.#holders.get(cidr) === holder) this.#holders.delete(cidr);
  }

  /** The next free part after the last one given out, so that a freed one rests a while. */
  allocate(holder: string): string | undefined {
    for (let tried = 0; tried < this.#parts; tried++) {
      const index = (this.#next + tried) % this.#parts;
      const cidr = partOf(this.#range, this.#maskSize, index);
      if (this.#holders.has(cidr)) continue;
      this.#holders.set(cidr, holder);
      this.#next = (index + 1) % this.#parts;
      return cidr;
    }
    return undefined;
  }
}

/** The `index`-th part of `range` with the given prefix length. */
function partOf(range: Cidr, prefixLength: number, index: number): string {
  const { bytes, family } = range.network;
  const start = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const address = start + (BigInt(index) << BigInt(bytes.length * 8 - prefixLength));
  const [width, count, base, separator] =
    family === 'IPv4' ? ([8, 4, 10, '.'] as const) : ([16, 8, 16, ':'] as const);
  const parts = Array.from({ length: count }, (_, i) =>
    ((address >> BigInt(width * (count - 1 - i))) & BigInt(2 ** width - 1)).toString(base),
  );
  // Parsed once more for the canonical form of IPv6.
  return parseCidr(`${parts.join(separator)}/${prefixLength}`)!.text;
}
