// Leases of etcd for values that don't last: it removes them by itself, whichever API server still runs.
import type { LeaseGrantResponse } from '@kubets/api/generated/etcd.ts';
import { type Clock, errorMessage, type Logger, type Ms } from '@kubets/base';
import type { EtcdCalls } from './etcd_calls.ts';

/** As upstream's: events of a minute share a lease, which lasts that much longer than they would. */
const longestShareMs: Ms = 60_000;
const shareOfTtl = 0.05;
const maxKeys = 1_000;

interface Lease {
  id: Promise<number | undefined>;
  until: Ms;
  keys: number;
}

export class EtcdLeases {
  readonly #calls: EtcdCalls;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** By time to live, of which there are as many as there are kinds of such values. */
  readonly #leases = new Map<number, Lease>();

  constructor({ calls, clock, log }: { calls: EtcdCalls; clock: Clock; log: Logger }) {
    this.#calls = calls;
    this.#clock = clock;
    this.#log = log;
  }

  /** One that lasts at least `ttlSeconds` from now; undefined where etcd grants none: better a value without end. */
  leaseFor(ttlSeconds: number): Promise<number | undefined> {
    const shared = this.#leases.get(ttlSeconds);
    if (shared && shared.keys < maxKeys && this.#clock.now() < shared.until) {
      shared.keys++;
      return shared.id;
    }
    const shareMs = Math.min(longestShareMs, ttlSeconds * 1_000 * shareOfTtl);
    const ttl = Math.ceil(ttlSeconds + shareMs / 1_000);
    const lease = { id: this.#grant(ttl), until: this.#clock.now() + shareMs, keys: 1 };
    this.#leases.set(ttlSeconds, lease);
    void lease.id.then((id) => {
      if (id === undefined && this.#leases.get(ttlSeconds) === lease) this.#leases.delete(ttlSeconds);
    });
    return lease.id;
  }

  /** etcd doesn't know them any more: its data has been put back to an older state. */
  forget(): void {
    this.#leases.clear();
  }

  async #grant(ttl: number): Promise<number | undefined> {
    try {
      return (await this.#calls.writeOnce<LeaseGrantResponse>('Lease/LeaseGrant', { TTL: ttl })).ID;
    } catch (error) {
      this.#log.warn('etcd grants no lease', { reason: errorMessage(error) });
      return undefined;
    }
  }
}
