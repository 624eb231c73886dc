// What services hold: who has which address and which node port. Kept in step with the cache of services.

import type { Service } from '@kubets/api';
import type { Random } from '@kubets/base';
import { parseIp } from '@kubets/resources';
import type { AddressRange, Family } from './address_range.ts';

/** `held`: it was the owner's before, and stays so if the write fails. The others are the caller's mistake. */
export type Taking = 'ok' | 'held' | 'taken' | 'out of range';

export class AddressPool {
  readonly #ranges: () => readonly AddressRange[];
  readonly #owners = new Map<string, string>();

  constructor(ranges: () => readonly AddressRange[]) {
    this.#ranges = ranges;
  }

  /** The first is the family of services that don't say. */
  get families(): Family[] {
    return [...new Set(this.#ranges().map((range) => range.family))];
  }

  rangesOf(family: Family): AddressRange[] {
    return this.#ranges().filter((range) => range.family === family);
  }

  take(ip: string, owner: string): Taking {
    const parsed = parseIp(ip);
    if (!parsed || !this.#ranges().some((range) => range.contains(parsed))) return 'out of range';
    const holder = this.#owners.get(parsed.text);
    if (holder !== undefined) return holder === owner ? 'held' : 'taken';
    this.#owners.set(parsed.text, owner);
    return 'ok';
  }

  /** A free address, now the owner's; undefined when there is none. `avoid`: taken elsewhere. */
  takeAny(family: Family, owner: string, random: Random, avoid: (ip: string) => boolean): string | undefined {
    for (const range of this.#ranges()) {
      if (range.family !== family) continue;
      const ip = range.pick((each) => !this.#owners.has(each) && !avoid(each), random);
      if (ip === undefined) continue;
      this.#owners.set(ip, owner);
      return ip;
    }
    return undefined;
  }

  give(ip: string, owner: string): void {
    if (this.#owners.get(ip) === owner) this.#owners.delete(ip);
  }

  /** A service has it, says the cache; whatever the ranges are now. */
  note(ip: string, owner: string): void {
    this.#owners.set(ip, owner);
  }
}

export class PortPool {
  readonly from: number;
  readonly to: number;
  readonly #owners = new Map<number, string>();

  constructor({ from, to }: { from: number; to: number }) {
    this.from = from;
    this.to = to;
  }

  take(port: number, owner: string): Taking {
    if (port < this.from || port > this.to) return 'out of range';
    const holder = this.#owners.get(port);
    if (holder !== undefined) return holder === owner ? 'held' : 'taken';
    this.#owners.set(port, owner);
    return 'ok';
  }

  isTaken(port: number): boolean {
    return this.#owners.has(port);
  }

  takeAny(owner: string, random: Random): number | undefined {
    const size = this.to - this.from + 1;
    // The lower band is for ports that users choose (KEP-3668).
    const band = size < 32 ? 0 : Math.min(128, Math.max(16, Math.floor(size / 32)));
    return (
      this.#scan(this.from + band, this.to, owner, random) ??
      this.#scan(this.from, this.from + band - 1, owner, random)
    );
  }

  #scan(from: number, to: number, owner: string, random: Random): number | undefined {
    const count = to - from + 1;
    const start = Math.floor(random.next() * count);
    for (let i = 0; i < count; i++) {
      const port = from + ((start + i) % count);
      if (this.#owners.has(port)) continue;
      this.#owners.set(port, owner);
      return port;
    }
    return undefined;
  }

  give(port: number, owner: string): void {
    if (this.#owners.get(port) === owner) this.#owners.delete(port);
  }

  note(port: number, owner: string): void {
    this.#owners.set(port, owner);
  }
}

export function ownerOf({
  metadata: { namespace, name },
}: {
  metadata: { namespace?: string; name?: string };
}): string {
  return `${namespace}/${name}`;
}

export function clusterIpsOf({ spec }: Service): string[] {
  const ips = spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : [];
  return ips.filter((ip) => ip && ip !== 'None');
}

export function nodePortsOf({ spec }: Service): number[] {
  const ports = (spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0);
  return [...ports, spec.healthCheckNodePort ?? 0].filter((port) => port > 0);
}
