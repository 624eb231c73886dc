import type { Clock, Ms } from '@kubets/base';
import { type CommitResult, maxValueBytes, type Store, ValueTooLargeError } from '../store.ts';

export type Write = Parameters<Store['commit']>[0];

export interface PendingWrite {
  readonly write: Write;
  resolve(result: CommitResult): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions {
  /**
   * Settles all of a group, with answers that are given later, or gives some back with `again`; doesn't reject. It
   * begins to write before it gives up its turn.
   */
  writeGroup(group: PendingWrite[]): Promise<Answers>;
  /** Resolves when those who are running now have had their turn. */
  endOfTick(): Promise<void>;
  clock: Clock;
}

/** What is left to do for a group that is settled: tells those who wait. */
export type Answers = readonly (() => void)[];

/** What one transaction holds at most, so that a burst doesn't make all of it wait for the last byte. */
const maxGroupWrites = 2_000;
const maxGroupBytes = 16 * 1024 * 1024;

/** Weight of the newest measurement in an average, and the longest that is believed: the clock may have been set. */
const newest = 1 / 16;
const maxBelievedMs: Ms = 1_000;

/**
 * Commits that come while one group is on its way to the disk form the next: one transaction, one fsync, for
 * all of them. What waits here is bounded by its callers, each of whom waits for an answer.
 *
 * Where callers need far longer between an answer and their next write than the disk for a group, two groups take
 * turns, so that neither the disk nor the callers wait for each other:
 *
 *   disk     | group 1 | group 2 | group 3 | group 4 |
 *   callers            | of 1    | of 2    | of 3       are answered, and write the group after next
 */
export class GroupCommit {
  #waiting: PendingWrite[] = [];
  #running = false;
  #closed = false;
  /** Averages: a group on the disk, and a caller from its answer to the end of its turn. */
  #groupMs: Ms = 0;
  #callerMs: Ms = 0;
  readonly #writeGroup: GroupCommitOptions['writeGroup'];
  readonly #endOfTick: GroupCommitOptions['endOfTick'];
  readonly #clock: Clock;

  constructor({ writeGroup, endOfTick, clock }: GroupCommitOptions) {
    this.#writeGroup = writeGroup;
    this.#endOfTick = endOfTick;
    this.#clock = clock;
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
      let answers = await this.#write();
      while (answers.length > 0) {
        const first = this.#answeredFirst(answers.length);
        // Those who were answered just now, and write again, belong into the next group.
        if (first > 0) await this.#answer(answers, 0, first);
        const writing = this.#waiting.length > 0 ? this.#write() : undefined;
        if (first < answers.length) {
          // LMDB begins to write at the end of the tick.
          if (writing) await this.#endOfTick();
          await this.#answer(answers, first, answers.length);
        }
        answers = writing ? await writing : [];
      }
      await this.#endOfTick();
    }
    this.#running = false;
  }

  async #write(): Promise<Answers> {
    const startedAt = this.#clock.now();
    const answers = await this.#writeGroup(this.#takeGroup());
    if (answers.length > 0) this.#groupMs = average(this.#groupMs, this.#clock.now() - startedAt);
    return answers;
  }

  async #answer(answers: Answers, start: number, end: number): Promise<void> {
    const startedAt = this.#clock.now();
    for (let i = start; i < end; i++) answers[i]!();
    await this.#endOfTick();
    this.#callerMs = average(this.#callerMs, (this.#clock.now() - startedAt) / (end - start));
  }

  /** Of so many that have an answer, those who get it before the next group is taken. */
  #answeredFirst(count: number): number {
    const waiting = this.#waiting.length;
    const all = count + waiting;
    // Half as large groups cost more fsyncs: only where the disk is clearly not what they wait for.
    if (this.#callerMs * all <= 2 * this.#groupMs) return count;
    return Math.max(0, Math.ceil((count - waiting) / 2));
  }

  #takeGroup(): PendingWrite[] {
    let bytes = 0;
    let count = 0;
    for (const { write } of this.#waiting) {
      bytes += write.value?.length ?? 0;
      if (count > 0 && (count >= maxGroupWrites || bytes > maxGroupBytes)) break;
      count++;
    }
    if (count === this.#waiting.length) {
      const group = this.#waiting;
      this.#waiting = [];
      return group;
    }
    return this.#waiting.splice(0, count);
  }
}

function average(before: Ms, ms: Ms): Ms {
  return before + (Math.min(Math.max(ms, 0), maxBelievedMs) - before) * newest;
}
