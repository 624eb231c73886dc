import { type Change, type ChangeBatch, CompactedError, type Range, type Revision } from './store.ts';

/** Changes that one batch holds at most, so that a watcher far behind doesn't get everything at once. */
export const maxBatchChanges = 1_000;

export interface ChangeLogOptions {
  revision: Revision;
  compacted: Revision;
  /** At least one step of what comes after `after`, which is older than the log reaches. */
  readOlder?: (range: Range, after: Revision) => ChangeBatch;
}

/**
 * The newest stretch of the history, and those who wait for more of it. Watchers hold no buffers: each reads
 * on from where it stands, so a slow one costs nothing. What lies before the stretch is `readOlder`'s.
 */
export class ChangeLog<C extends Change = Change> {
  /** In order of revision without gaps: `#changes[i]` has revision `#first + i`. */
  #changes: C[] = [];
  #first: Revision;
  #revision: Revision;
  #compacted: Revision;
  #closed = false;
  /** Watchers that wait for the next change, and what wakes them. */
  #waiting = new Set<() => void>();
  /** One listener for all watchers that share a signal. */
  readonly #bySignal = new WeakMap<AbortSignal, Set<() => void>>();
  /** The batch that was cut last: watchers of one range wake one after the other and share it. */
  #cut: { range: Range; after: Revision; batch: ChangeBatch } | undefined;
  readonly #readOlder: ChangeLogOptions['readOlder'];

  constructor(options: ChangeLogOptions) {
    this.#revision = options.revision;
    this.#first = options.revision + 1;
    this.#compacted = options.compacted;
    this.#readOlder = options.readOlder;
  }

  get length(): number {
    return this.#changes.length;
  }

  /** The first revision that is here and not only in `readOlder`. */
  get first(): Revision {
    return this.#first;
  }

  /** Adds changes and wakes the watchers. */
  append(changes: readonly C[]): void {
    for (const change of changes) this.#changes.push(change);
    this.#revision += changes.length;
    this.#wake();
  }

  /** Drops the oldest changes; they are still to be had from `readOlder`. Returns what was dropped. */
  dropOldest(count: number): C[] {
    this.#first += count;
    return this.#changes.splice(0, count);
  }

  /** History before `before` is gone: watchers that still stand there fail. Returns what was dropped. */
  compact(before: Revision): C[] {
    this.#compacted = Math.max(this.#compacted, before);
    this.#cut = undefined;
    return before > this.#first ? this.dropOldest(before - this.#first) : [];
  }

  /** Ends all watches. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  watch(range: Range, after: Revision, signal: AbortSignal): AsyncIterable<ChangeBatch> {
    return { [Symbol.asyncIterator]: () => this.#iterate(range, after, signal) };
  }

  #wake(): void {
    this.#cut = undefined;
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  // Not a generator: its promise is settled within `append`, so that watchers run before who committed.
  #iterate(range: Range, start: Revision, signal: AbortSignal): AsyncIterator<ChangeBatch> {
    let after = start;
    let ended = false;
    let waiter: { resolve(result: IteratorResult<ChangeBatch>): void; reject(error: unknown): void };
    const aborts = this.#abortsOf(signal);

    /** The next result, or undefined when there is nothing yet. */
    const step = (): IteratorResult<ChangeBatch> | undefined => {
      if (!ended && !signal.aborted && !this.#closed) {
        const batch = this.#read(range, after);
        if (!batch) return undefined;
        after = batch.revision;
        return { done: false, value: batch };
      }
      end();
      return { done: true, value: undefined };
    };
    const wake = () => {
      try {
        const result = step();
        if (result) waiter.resolve(result);
        else this.#waiting.add(wake);
      } catch (error) {
        end();
        waiter.reject(error);
      }
    };
    const onAbort = () => {
      if (this.#waiting.delete(wake)) wake();
    };
    const end = () => {
      ended = true;
      aborts.delete(onAbort);
      onAbort();
    };
    aborts.add(onAbort);

    return {
      next: () =>
        new Promise((resolve, reject) => {
          waiter = { resolve, reject };
          wake();
        }),
      return: async () => {
        end();
        return { done: true, value: undefined };
      },
    };
  }

  #abortsOf(signal: AbortSignal): Set<() => void> {
    let aborts = this.#bySignal.get(signal);
    if (!aborts) {
      aborts = new Set();
      this.#bySignal.set(signal, aborts);
      const all = aborts;
      const onAbort = () => {
        for (const abort of all) abort();
      };
      signal.addEventListener('abort', onAbort, { once: true });
    }
    return aborts;
  }

  /** What happened after `after`, up to a batch's worth; undefined when that is nothing. */
  #read(range: Range, after: Revision): ChangeBatch | undefined {
    if (after >= this.#revision) return undefined;
    if (after + 1 < this.#compacted) throw new CompactedError(this.#compacted);
    const cut = this.#cut;
    if (cut?.after === after && cut.range.start === range.start && cut.range.end === range.end) {
      return cut.batch;
    }
    const older = after + 1 < this.#first && this.#readOlder;
    const batch = older ? older(range, after) : this.#slice(range, after);
    this.#cut = { range, after, batch };
    return batch;
  }

  #slice({ start, end }: Range, after: Revision): ChangeBatch {
    const changes: Change[] = [];
    for (let i = Math.max(0, after + 1 - this.#first); i < this.#changes.length; i++) {
      const change = this.#changes[i]!;
      if (change.key < start || change.key >= end) continue;
      changes.push(change);
      if (changes.length === maxBatchChanges) return { changes, revision: change.revision };
    }
    return { changes, revision: this.#revision };
  }
}
