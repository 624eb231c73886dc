import { Backoff, type BackoffOptions } from './backoff.ts';
import type { Clock, Ms } from './clock.ts';

export interface WorkQueueOptions {
  clock: Clock;
  /** Delays of `addRateLimited`; 5 ms to 1000 s, as client-go's default. */
  backoff?: BackoffOptions;
}

/**
 * Keys waiting for work, each at most once (the rules of client-go's workqueue): a key added while it is
 * worked on comes again when `done` is called; a delayed key that is added sooner comes sooner.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #ready = new Set<string>();
  readonly #working = new Set<string>();
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, { at: Ms; cancel: () => void }>();
  #waiters: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#backoff = new Backoff(options.backoff ?? { initialMs: 5, maxMs: 1_000_000 });
  }

  /** Keys that are ready, not counting those that are worked on or delayed. */
  get length(): number {
    return this.#ready.size;
  }

  /** True when nothing is ready or worked on. */
  get idle(): boolean {
    return this.#ready.size === 0 && this.#working.size === 0;
  }

  add(key: string): void {
    if (this.#closed) return;
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
    if (this.#working.has(key)) {
      this.#again.add(key);
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter) {
      this.#working.add(key);
      waiter(key);
    } else this.#ready.add(key);
  }

  addAfter(key: string, ms: Ms): void {
    if (this.#closed) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    if (this.#ready.has(key)) return;
    const at = this.#clock.now() + ms;
    const waiting = this.#delayed.get(key);
    if (waiting && waiting.at <= at) return;
    waiting?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** Adds `key` after a delay that grows with its failures. */
  addRateLimited(key: string): void {
    this.addAfter(key, this.#backoff.next(key));
  }

  /** Call after success: the next failure of `key` waits for the shortest time again. */
  forget(key: string): void {
    this.#backoff.forget(key);
  }

  failures(key: string): number {
    return this.#backoff.failures(key);
  }

  /** The next key, or undefined once the queue is closed. Call `done` when the work ends. */
  next(): Promise<string | undefined> {
    for (const key of this.#ready) {
      this.#ready.delete(key);
      this.#working.add(key);
      return Promise.resolve(key);
    }
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#ready.clear();
    for (const waiter of this.#waiters.splice(0)) waiter(undefined);
  }
}
