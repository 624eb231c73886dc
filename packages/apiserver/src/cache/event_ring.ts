import type { ChangeEvent } from './change_event.ts';

/** Of JSON that the changes of one ring hold: objects may be as large as 1.5 MiB. */
const defaultMaxBytes = 64 * 1024 * 1024;

/** The newest changes of one resource, oldest first, at most `capacity`, and the newest at least. */
export class EventRing {
  readonly #capacity: number;
  readonly #maxBytes: number;
  #events: ChangeEvent[] = [];
  #first = 0;
  #bytes = 0;
  /** Every change after this revision is in the ring. */
  #after: number;

  constructor(capacity: number, after: number, maxBytes = defaultMaxBytes) {
    this.#capacity = capacity;
    this.#maxBytes = maxBytes;
    this.#after = after;
  }

  /** Revisions from here on can be watched from and listed at. */
  get after(): number {
    return this.#after;
  }

  push(event: ChangeEvent): void {
    this.#events.push(event);
    this.#bytes += bytesOf(event);
    const needless = this.#events.length - this.#capacity;
    while (
      this.#first < needless ||
      (this.#bytes > this.#maxBytes && this.#first < this.#events.length - 1)
    ) {
      const oldest = this.#events[this.#first]!;
      this.#after = oldest.revision;
      this.#bytes -= bytesOf(oldest);
      this.#events[this.#first] = undefined!;
      this.#first += 1;
    }
    // Moving what is left down once per capacity keeps a push constant on average.
    if (this.#first >= this.#capacity) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Adds what came after `after` and before all that is here; false where there is no room. */
  unshift(events: readonly ChangeEvent[], after: number): boolean {
    const kept = this.#events.slice(this.#first);
    const bytes = events.reduce((sum, event) => sum + bytesOf(event), this.#bytes);
    if (events.length + kept.length > this.#capacity || bytes > this.#maxBytes) return false;
    this.#events = [...events, ...kept];
    this.#bytes = bytes;
    this.#first = 0;
    this.#after = after;
    return true;
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
    this.#bytes = 0;
    this.#after = after;
  }
}

function bytesOf({ current, previous }: ChangeEvent): number {
  return (current ?? previous)?.json.length ?? 0;
}
