// One CIDR of service addresses, as numbers.

import type { Random } from '@kubets/base';
import { type Cidr, cidrContains, type IpAddress, parseCidr, parseIp } from '@kubets/resources';

export type Family = 'IPv4' | 'IPv6';

export class AddressRange {
  readonly cidr: Cidr;
  readonly text: string;
  readonly #base: bigint;
  /** Addresses that services can have, from the first after the network's own. */
  readonly size: number;
  /** The first `staticBand` addresses are given out by themselves only when all others are taken (KEP-3070). */
  readonly staticBand: number;

  constructor(text: string) {
    const cidr = parseCidr(text);
    if (!cidr) throw new Error(`invalid service CIDR ${text}`);
    this.cidr = cidr;
    this.text = text;
    this.#base = toNumber(cidr.network);
    const bits = cidr.network.bytes.length * 8 - cidr.prefixLength;
    // As upstream, no more than 2^20 addresses of a wide IPv6 range are ever used at once; the rest is room.
    const all = 2 ** Math.min(bits, 53);
    this.size = Math.max(0, all - (cidr.network.family === 'IPv4' ? 2 : 1));
    this.staticBand = this.size < 16 ? 0 : Math.min(256, Math.max(16, Math.floor(this.size / 16)));
  }

  get family(): Family {
    return this.cidr.network.family;
  }

  contains(ip: IpAddress): boolean {
    if (!cidrContains(this.cidr, ip)) return false;
    const offset = toNumber(ip) - this.#base;
    return offset >= 1n && offset <= BigInt(this.size);
  }

  containsText(text: string): boolean {
    const ip = parseIp(text);
    return ip !== undefined && this.contains(ip);
  }

  /** What a dry run answers for an address that it doesn't take. */
  get networkAddress(): string {
    return toText(this.#base, this.family);
  }

  /** The n-th usable address, from 0. */
  at(n: number): string {
    return toText(this.#base + 1n + BigInt(n), this.family);
  }

  /** Some free address: from the upper band at a random start, then from the static band. */
  pick(isFree: (ip: string) => boolean, random: Random): string | undefined {
    return (
      this.#scan(this.staticBand, this.size, isFree, random) ?? this.#scan(0, this.staticBand, isFree, random)
    );
  }

  #scan(from: number, to: number, isFree: (ip: string) => boolean, random: Random): string | undefined {
    const count = Math.min(to - from, maxScan);
    if (count <= 0) return undefined;
    const start = Math.floor(random.next() * (to - from));
    for (let i = 0; i < count; i++) {
      const ip = this.at(from + ((start + i) % (to - from)));
      if (isFree(ip)) return ip;
    }
    return undefined;
  }
}

/** Addresses looked at before a range counts as full. */
const maxScan = 1 << 20;

function toNumber({ bytes }: IpAddress): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function toText(number: bigint, family: Family): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join('.');
  const hex = number.toString(16).padStart(32, '0');
  return parseIp(hex.match(/.{4}/g)!.join(':'))!.text;
}
