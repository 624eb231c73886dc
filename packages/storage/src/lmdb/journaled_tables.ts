import { type Clock, errorMessage, type Logger, type Ms } from '@kubets/base';
import { NoSpaceError, type Revision } from '../store.ts';
import { frameBytes, type Journal, type JournaledWrite, writeBytes } from './journal.ts';
import { encodeRecord } from './record_codec.ts';
import type { Tables, TableWriter } from './tables.ts';

/** The tables get so much in one transaction, and at the latest so long after it was written, or has failed. */
const stepBytes = 256 * 1024;
const delayMs: Ms = 1_000;
/** What they need beyond what is written: pages that are half full, and others that are written anew. */
const paddingBytes = 4 * stepBytes;

export interface JournaledTablesOptions {
  tables: Tables;
  /** Or how to make it, for the first who writes. Meanwhile, and where that fails, the tables are written at once. */
  journal: Journal | (() => Promise<Journal>);
  clock: Clock;
  log: Logger;
  /** Called when the tables are closed and the journal holds nothing that they don't. */
  emptied?(): Promise<void>;
}

/**
 * Tables with a journal before them: a group of commits is on the disk after one flush of one stretch of a file, while
 * a transaction of LMDB takes two, of pages here and there. What is in the journal is read from memory until the
 * tables have it, which get many groups at once, later:
 *
 *   commits ──▶ journal ──▶ acknowledged        tables: one transaction for what has come together
 *
 * The groups of commits come one after the other. @throws Error: what is wrong with the journal
 */
export function journaledTables(options: JournaledTablesOptions): Tables {
  return new JournaledTables(options);
}

class JournaledTables implements Tables {
  readonly path: string;
  readonly #tables: Tables;
  #journal: Journal | undefined;
  readonly #make: () => Promise<Journal>;
  /** Resolves once there is a journal, or will be none. */
  #made: Promise<void> | undefined;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #emptied: JournaledTablesOptions['emptied'];
  /** In the journal and not yet in the tables; in order. */
  readonly #pending = new Map<Revision, JournaledWrite>();
  #pendingBytes = 0;
  /** The newest that has been there. */
  #last: Revision = 0;
  #applying = false;
  /** Why the tables could not be written the last time. */
  #failure: string | undefined;
  #isFull = false;
  #closed = false;
  /** Ends the pause before the next transaction. */
  #hurry = () => {};
  /** Those who wait for the tables to have everything up to a revision. */
  #waiting: { upTo: Revision; resolve(): void; reject(error: unknown): void }[] = [];

  constructor({ tables, journal, clock, log, emptied }: JournaledTablesOptions) {
    this.path = tables.path;
    this.#tables = tables;
    this.#clock = clock;
    this.#log = log;
    this.#emptied = emptied;
    this.#make = typeof journal === 'function' ? journal : async () => journal;
    if (typeof journal === 'function') return;
    this.#journal = journal;
    this.#add(journal.recover(tables.newest()));
  }

  newest(): Revision {
    return Math.max(this.#tables.newest(), this.#last);
  }

  compacted(): Revision {
    return this.#tables.compacted();
  }

  *records({ start, end }: { start?: Revision; end?: Revision }): ReturnType<Tables['records']> {
    const before = Math.min(this.#first, end ?? Number.POSITIVE_INFINITY);
    yield* this.#tables.records({ start, end: before === Number.POSITIVE_INFINITY ? undefined : before });
    for (const { revision, record } of this.#pending.values()) {
      if (end !== undefined && revision >= end) return;
      if (start === undefined || revision >= start) yield { revision, record };
    }
  }

  value(revision: Revision, allocate = (length: number) => new Uint8Array(length)): Uint8Array | undefined {
    const pending = this.#pending.get(revision);
    if (!pending) return this.#tables.value(revision, allocate);
    if (!pending.value) return undefined;
    const value = allocate(pending.value.length);
    value.set(pending.value);
    return value;
  }

  async write(change: (to: TableWriter) => void): Promise<void> {
    const journal = this.#journal;
    if (!journal) {
      this.#made ??= this.#makeJournal();
      return this.#tables.write(change);
    }
    const added: JournaledWrite[] = [];
    let removes = false;
    let needed = 0;
    change({
      add(revision, record, value, encoded = encodeRecord(revision, record)) {
        added.push({ revision, record, encoded, value });
      },
      remove: (revision) => {
        removes = true;
        needed = Math.max(needed, revision);
      },
      setCompacted: (revision) => {
        removes = true;
        needed = Math.max(needed, revision);
      },
    });
    const bytes = frameBytes(added);
    // For so many bytes a second flush doesn't count.
    const isLarge = bytes > journal.bytes / 2;
    if (removes || isLarge) {
      // What comes from the journal later must not bring back what is removed. And the newest revision in the tables
      // must tell where the journal goes on: of all that a compaction may remove, the one it compacts to stays.
      await this.#appliedUpTo(isLarge ? this.#last : needed);
      await journal.settle();
      return this.#tables.write(change);
    }
    while (!journal.hasRoom(bytes)) await this.#appliedUpTo(this.#first);
    await journal.append(added, bytes);
    this.#add(added);
  }

  async freeBytes(): Promise<number> {
    const bytes = await this.#tables.freeBytes();
    // What has been acknowledged must find its place.
    return this.#journal ? bytes - this.#pendingBytes - paddingBytes : bytes;
  }

  problem(): string | undefined {
    // That there is no room is told by the alarm of the store.
    return this.#failure === undefined || this.#isFull
      ? undefined
      : `the disk refuses what is in the journal of ${this.path}: ${this.#failure}`;
  }

  async close(): Promise<void> {
    await this.#made;
    if (this.#journal) await this.#empty(this.#journal);
    this.#closed = true;
    this.#hurry();
    this.#journal?.close();
    await this.#tables.close();
  }

  async #makeJournal(): Promise<void> {
    try {
      this.#journal = await this.#make();
    } catch (error) {
      this.#log.warn('the store does without its journal', {
        path: this.path,
        reason: errorMessage(error),
      });
    }
  }

  async #empty(journal: Journal): Promise<void> {
    try {
      await this.#appliedUpTo(this.#last);
      await journal.settle();
      await this.#emptied?.();
    } catch (error) {
      this.#log.warn('the journal of the store is left for its next opening', {
        path: this.path,
        reason: errorMessage(error),
      });
    }
  }

  /** Of those that the tables don't have. */
  get #first(): Revision {
    const [first = Number.POSITIVE_INFINITY] = this.#pending.keys();
    return first;
  }

  #add(writes: readonly JournaledWrite[]): void {
    for (const write of writes) {
      this.#pending.set(write.revision, write);
      this.#pendingBytes += writeBytes(write);
      this.#last = write.revision;
    }
    if (this.#pending.size > 0 && !this.#applying) void this.#apply();
    else if (this.#pendingBytes >= stepBytes && this.#failure === undefined) this.#hurry();
  }

  async #appliedUpTo(upTo: Revision): Promise<void> {
    if (this.#first > upTo) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ upTo, resolve, reject });
      this.#hurry();
    });
  }

  async #apply(): Promise<void> {
    this.#applying = true;
    while (this.#pending.size > 0 && !this.#closed) {
      await this.#pause();
      if (this.#closed) break;
      try {
        await this.#applyStep();
        this.#failure = undefined;
      } catch (error) {
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const { reject } of waiting) reject(error);
        const reason = errorMessage(error);
        if (this.#failure !== reason) {
          const fields = { path: this.path, writes: this.#pending.size, reason };
          this.#log.error('writes stay in the journal of the store', fields);
        }
        this.#failure = reason;
        this.#isFull = error instanceof NoSpaceError;
      }
    }
    this.#applying = false;
  }

  async #pause(): Promise<void> {
    if (this.#waiting.length > 0 || (this.#pendingBytes >= stepBytes && this.#failure === undefined)) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(delayMs, resolve);
      this.#hurry = () => {
        cancel();
        resolve();
      };
    });
    this.#hurry = () => {};
  }

  async #applyStep(): Promise<void> {
    const step: JournaledWrite[] = [];
    let bytes = 0;
    for (const write of this.#pending.values()) {
      step.push(write);
      bytes += writeBytes(write);
      if (bytes >= stepBytes) break;
    }
    await this.#tables.write((to) => {
      for (const { revision, record, encoded, value } of step) to.add(revision, record, value, encoded);
    });
    for (const { revision } of step) this.#pending.delete(revision);
    this.#pendingBytes -= bytes;
    const last = step.at(-1)!.revision;
    this.#journal!.release(last);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ upTo }) => upTo > last);
    for (const { upTo, resolve } of waiting) if (upTo <= last) resolve();
  }
}
