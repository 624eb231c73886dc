import type { Clock, Ms } from '@kubets/base';

/** How long to wait for own writes to come back through the watch before going on without them. */
const expectationTimeoutMs: Ms = 5 * 60_000;

/**
 * Own creates and deletes that the local copy does not show yet. A controller that counts objects must not
 * count again before they show, or it makes or deletes too many. Bounded by the keys that are in work.
 */
export class Expectations {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, { creates: number; deletes: Set<string>; since: Ms }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Call before the first create: the watch may be faster than the answer. */
  expectCreates(key: string, count: number): void {
    const waiting = this.#of(key);
    waiting.creates += count;
  }

  expectDeletes(key: string, uids: Iterable<string>): void {
    const waiting = this.#of(key);
    for (const uid of uids) waiting.deletes.add(uid);
  }

  /** The watch shows one, or one was not made after all. */
  createSeen(key: string, count = 1): void {
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    waiting.creates -= count;
    this.#dropWhenMet(key);
  }

  deleteSeen(key: string, uid: string): void {
    if (this.#waiting.get(key)?.deletes.delete(uid)) this.#dropWhenMet(key);
  }

  /** True when the local copy shows all own writes, or has not for too long. */
  met(key: string): boolean {
    const waiting = this.#waiting.get(key);
    if (!waiting) return true;
    if (this.#clock.now() - waiting.since < expectationTimeoutMs) return false;
    this.#waiting.delete(key);
    return true;
  }

  forget(key: string): void {
    this.#waiting.delete(key);
  }

  #of(key: string) {
    let waiting = this.#waiting.get(key);
    if (!waiting) {
      waiting = { creates: 0, deletes: new Set(), since: this.#clock.now() };
      this.#waiting.set(key, waiting);
    }
    return waiting;
  }

  #dropWhenMet(key: string): void {
    const waiting = this.#waiting.get(key)!;
    if (waiting.creates <= 0 && waiting.deletes.size === 0) this.#waiting.delete(key);
  }
}
