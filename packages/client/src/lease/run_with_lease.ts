import { isAlreadyExists, isApiError, isConflict, isNotFound, type Lease, type LeaseSpec } from '@kubets/api';
import { type Clock, errorMessage, type Logger, type Ms, type Random, rfc3339Micro } from '@kubets/base';
import type { Client } from '../client.ts';
import { refs } from '../refs.ts';
import { isTransportError } from '../transport.ts';

export interface LeaseOptions {
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Of the Lease object. */
  name: string;
  /** Default `kube-system`. */
  namespace?: string;
  /** Of this process; unlike any other's. */
  identity: string;
  /** How long others wait before they take a lease that nobody renews; 15 s. */
  leaseDurationMs?: Ms;
  /** How long the holder tries to renew before it gives up; 10 s. Less than `leaseDurationMs`. */
  renewDeadlineMs?: Ms;
  /** Between attempts; 2 s. */
  retryPeriodMs?: Ms;
  signal: AbortSignal;
}

/** The lease could not be renewed in time: another process may be at work already. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/**
 * Waits until the lease is held, then runs `run`, whose signal aborts with the loss of the lease or with
 * `options.signal`. Resolves after `run`, with the lease given back; rejects with LeaseLostError when it was
 * lost, or with what `run` threw. No times are compared, neither with those of others nor with those of this
 * process, whose clock may be set: how long something has been so is what timers tell.
 */
export async function runWithLease(
  options: LeaseOptions,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { clock, random, signal, log, name } = options;
  const { renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options;
  const holder = new LeaseHolder(options);

  // A fifth more than the period at random: candidates that start together don't ask together.
  while (signal.aborted || !(await attempt())) {
    if (await pause(retryPeriodMs * (1 + random.next() * 0.2))) continue;
    holder.forget();
    return;
  }
  log.info('lease acquired', { name, identity: options.identity });

  const held = new AbortController();
  const onAbort = () => held.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const renewing = renew();
  try {
    await run(held.signal);
    if (held.signal.reason instanceof LeaseLostError) throw held.signal.reason;
  } finally {
    const lost = held.signal.reason instanceof LeaseLostError;
    held.abort();
    signal.removeEventListener('abort', onAbort);
    await renewing;
    if (!lost) await release();
    holder.forget();
  }

  async function attempt(): Promise<boolean> {
    try {
      return await holder.acquireOrRenew();
    } catch (error) {
      if (!isApiError(error) && !isTransportError(error)) {
        holder.forget();
        throw error;
      }
      log.warn('lease request failed', { name, reason: errorMessage(error) });
      return false;
    }
  }

  async function renew(): Promise<void> {
    const lose = () => {
      log.error('lease lost', { name, identity: options.identity });
      held.abort(new LeaseLostError(`lease ${name} was not renewed in time`));
    };
    let cancelLoss = clock.after(renewDeadlineMs, lose);
    while (await pause(retryPeriodMs, held.signal)) {
      // It counts from when it was asked for: the server may have noted it then. A request that hangs ends with it.
      const cancelNext = clock.after(renewDeadlineMs, lose);
      const renewed = await unlessAborted(attempt(), held.signal);
      const cancel = renewed ? cancelLoss : cancelNext;
      cancel();
      if (renewed) cancelLoss = cancelNext;
    }
    cancelLoss();
  }

  async function release(): Promise<void> {
    try {
      await holder.release();
    } catch (error) {
      // It expires by itself.
      log.warn('lease not released', { name, reason: errorMessage(error) });
    }
  }

  async function pause(ms: Ms, until = signal): Promise<boolean> {
    try {
      await clock.sleep(ms, until);
      return true;
    } catch {
      return false;
    }
  }
}

/** What `attempt` resolves to; false as soon as `signal` aborts. */
function unlessAborted(attempt: Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(false);
    signal.addEventListener('abort', onAbort, { once: true });
    attempt.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

class LeaseHolder {
  readonly #options: LeaseOptions;
  readonly #namespace: string;
  readonly #durationMs: Ms;
  /** The lease as last seen, and whether it has been so for as long as it counts. */
  #seen: { readonly lease: Lease; expired: boolean; cancel(): void } | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#namespace = options.namespace ?? 'kube-system';
    this.#durationMs = options.leaseDurationMs ?? 15_000;
  }

  /** True when this process holds the lease now. */
  async acquireOrRenew(): Promise<boolean> {
    const { client, name, identity } = this.#options;
    const own = this.#seen?.lease;
    if (own?.spec.holderIdentity === identity) {
      const renewed = { ...own, spec: this.#spec(own.spec) };
      try {
        if (await this.#write(() => client.update(refs.leases, renewed))) return true;
      } catch (error) {
        // Someone deleted it; it is made anew below.
        if (!isNotFound(error)) throw error;
      }
    }
    let lease: Lease;
    try {
      lease = await client.get(refs.leases, name, this.#namespace);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return this.#write(() =>
        client.create(refs.leases, {
          metadata: { name, namespace: this.#namespace },
          spec: this.#spec(undefined),
        }),
      );
    }
    if (lease.metadata.resourceVersion !== this.#seen?.lease.metadata.resourceVersion) {
      this.#see(lease);
    }
    const { holderIdentity } = lease.spec;
    if (holderIdentity && holderIdentity !== identity && !this.#seen!.expired) return false;
    return this.#write(() => client.update(refs.leases, { ...lease, spec: this.#spec(lease.spec) }));
  }

  /** Lets the next candidate in at once. */
  async release(): Promise<void> {
    const { client, clock, identity } = this.#options;
    const lease = this.#seen?.lease;
    if (lease?.spec.holderIdentity !== identity) return;
    const now = rfc3339Micro(clock.now());
    const spec = {
      ...lease.spec,
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: now,
      renewTime: now,
    };
    await client.update(refs.leases, { ...lease, spec });
  }

  /** Ends what is under way. */
  forget(): void {
    this.#seen?.cancel();
  }

  #see(lease: Lease): void {
    this.#seen?.cancel();
    const ms = (lease.spec.leaseDurationSeconds ?? 0) * 1_000;
    const expire = () => {
      seen.expired = true;
    };
    const seen = { lease, expired: false, cancel: this.#options.clock.after(ms, expire) };
    this.#seen = seen;
  }

  async #write(write: () => Promise<Lease>): Promise<boolean> {
    try {
      this.#see(await write());
      return true;
    } catch (error) {
      // Someone else was first.
      if (isConflict(error) || isAlreadyExists(error)) return false;
      throw error;
    }
  }

  #spec(old: LeaseSpec | undefined): LeaseSpec {
    const { clock, identity } = this.#options;
    const now = rfc3339Micro(clock.now());
    const mine = old?.holderIdentity === identity;
    return {
      ...old,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1_000),
      acquireTime: mine ? old.acquireTime : now,
      renewTime: now,
      // How often the lease went from one holder to another.
      leaseTransitions: (old?.leaseTransitions ?? 0) + (old && !mine ? 1 : 0),
    };
  }
}
