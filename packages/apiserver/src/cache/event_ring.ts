import type { ChangeEvent } from './change_event.ts';

/** The newest changes of one resource, oldest first, at most `capacity`. */
export class EventRing {
  readonly #capacity: number;
  #events: ChangeEvent[] = [];
  #first = 0;
  /** Every change after this revision is in the ring. */
  #after: number;

  constructor(capacity: number, after: number) {
    this.#capacity = capacity;
    this.#after = after;
  }

  /** Revisions from here on can be watched from and listed at. */
  get after(): number {
    return this.#after;
  }

  push(event: ChangeEvent): void {
    this.#events.push(event);
    if (this.#events.length - this.#first <= this.#capacity) return;
    this.#after = this.#events[this.#first]!.revision;
    this.#events[this.#first] = undefined!;
    this.#first += 1;
    // Moving what is left down once per capacity keeps a push constant on average.
    if (this.#first >= this.#capacity) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Changes with revision > `revision`, oldest first. Only for `revision` >= `after`. */
  since(revision: number): ChangeEvent[] {
    let low = this.#first;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low);
  }

  /** Forgets everything: used when the source had to begin again at `after`. */
  reset(after: number): void {
    this.#events = [];
    this.#first = 0;
    this.#after = after;
  }
}
