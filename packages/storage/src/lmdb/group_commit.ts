import { type CommitResult, maxValueBytes, type Store, ValueTooLargeError } from '../store.ts';

export type Write = Parameters<Store['commit']>[0];

export interface PendingWrite {
  readonly write: Write;
  resolve(result: CommitResult): void;
  reject(error: unknown): void;
}

/** What one transaction holds at most, so that a burst doesn't make all of it wait for the last byte. */
const maxGroupWrites = 2_000;
const maxGroupBytes = 16 * 1024 * 1024;

/**
 * Commits that come while one group is on its way to the disk form the next: one transaction, one fsync, for
 * all of them. What waits here is bounded by its callers, each of whom waits for an answer.
 */
export class GroupCommit {
  #waiting: PendingWrite[] = [];
  #running = false;
  #closed = false;
  readonly #writeGroup: (group: PendingWrite[]) => Promise<void>;
  readonly #endOfTick: () => Promise<void>;

  /**
   * `writeGroup` settles all of its group, or gives some back with `again`; it doesn't reject. `endOfTick`
   * resolves when those who are running now have had their turn.
   */
  constructor(writeGroup: (group: PendingWrite[]) => Promise<void>, endOfTick: () => Promise<void>) {
    this.#writeGroup = writeGroup;
    this.#endOfTick = endOfTick;
  }

  commit(write: Write): Promise<CommitResult> {
    if (this.#closed) return Promise.reject(new Error('the store is closed'));
    if (write.value && write.value.length > maxValueBytes) return Promise.reject(new ValueTooLargeError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  /** Puts writes whose decision must be made again before all others. */
  again(writes: PendingWrite[]): void {
    this.#waiting.unshift(...writes);
  }

  /** Takes nothing more; resolves when all that was taken is settled. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running) await this.#endOfTick();
  }

  async #run(): Promise<void> {
    this.#running = true;
    await this.#endOfTick();
    while (this.#waiting.length > 0) {
      await this.#writeGroup(this.#takeGroup());
      // Those who were answered just now, and write again, belong into the next group.
      await this.#endOfTick();
    }
    this.#running = false;
  }

  #takeGroup(): PendingWrite[] {
    let bytes = 0;
    let count = 0;
    for (const { write } of this.#waiting) {
      bytes += write.value?.length ?? 0;
      if (count > 0 && (count >= maxGroupWrites || bytes > maxGroupBytes)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}
