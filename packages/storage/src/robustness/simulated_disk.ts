// A disk in memory for the very code that writes to LMDB (group commit, compaction, reopening): it can fail, hang
// and lose power at each step of a transaction. Nothing of this is in the store itself: it takes its tables as an
// argument.

import { type Clock, silentLogger } from '@kubets/base';
import { Journal, type JournalFile } from '../lmdb/journal.ts';
import { journaledTables } from '../lmdb/journaled_tables.ts';
import type { HistoryRecord, Tables, TableWriter } from '../lmdb/tables.ts';
import { NoSpaceError, type Revision } from '../store.ts';

export const failpoints = [
  /** Before anything is written. */
  'commit:before',
  /** Written, not yet on the disk. */
  'commit:fsync',
  /** On the disk, not yet acknowledged. */
  'commit:after',
  'compaction:before',
  'compaction:fsync',
  'compaction:after',
] as const;
/** With a journal, commits go there first. */
export const journalFailpoints = [
  ...failpoints,
  'journal:before',
  /** Any part of what was to be written may be there if it fails here. */
  'journal:fsync',
  'journal:after',
] as const;
export type Failpoint = (typeof journalFailpoints)[number];

/**
 * `fail`: the disk reports an error; `full`: it has no room. `crash`: the process is gone. What was written and
 * not yet synced is then lost, or (`crash-kept`) happens to be there.
 */
export type Fault = 'fail' | 'full' | 'crash' | 'crash-kept';

export interface Faults {
  /** Called at each point; the promise takes as long as the disk does. */
  reach(point: Failpoint): Promise<Fault | undefined>;
}

export class CrashedError extends Error {
  override readonly name = 'CrashedError';
}

/** Small: that there is no room must happen too. */
const journalBytes = 8 * 4_096;

interface Content {
  compacted: Revision;
  records: Map<Revision, HistoryRecord>;
  values: Map<Revision, Uint8Array>;
}

export class SimulatedDisk {
  readonly #faults: Faults;
  #content: Content = { compacted: 1, records: new Map(), values: new Map() };
  /** Raised by each crash: what the crashed process still tries does nothing. */
  #boot = 0;
  readonly #journal = Buffer.alloc(journalBytes);
  #journalWrites = 0;
  /** LMDB has one writer at a time. */
  #writing: Promise<void> = Promise.resolve();
  freeBytes = Number.MAX_SAFE_INTEGER;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Ends whatever has the disk, at once. */
  crash(): void {
    this.#boot++;
    this.#writing = Promise.resolve();
  }

  /** What the next process finds. */
  tables(): Tables {
    const boot = this.#boot;
    const content = () => {
      if (boot !== this.#boot) throw new CrashedError('the process has crashed');
      return this.#content;
    };
    return {
      path: 'simulated',
      compacted: () => content().compacted,
      newest: () => Math.max(1, ...content().records.keys()),
      *records({ start = 0, end = Number.POSITIVE_INFINITY }) {
        const revisions = [...content().records.keys()].sort((a, b) => a - b);
        for (const revision of revisions) {
          if (revision < start || revision >= end) continue;
          yield { revision, record: content().records.get(revision)! };
        }
      },
      value: (revision) => content().values.get(revision),
      write: (change) => {
        const written = this.#writing.then(() => this.#write(boot, change));
        this.#writing = written.catch(() => {});
        return written;
      },
      freeBytes: async () => this.freeBytes,
      close: async () => {},
    };
  }

  /** What the next process finds when it puts a journal before the tables. */
  journaledTables(clock: Clock): Tables {
    const journal = new Journal(this.journal(), 1);
    return journaledTables({ tables: this.tables(), journal, clock, log: silentLogger });
  }

  /** What it finds of the journal's file. */
  journal(): JournalFile {
    const boot = this.#boot;
    return {
      bytes: journalBytes,
      read: () => Buffer.from(this.#journal),
      write: (at, bytes) => this.#writeJournal(boot, at, bytes),
      close: () => {},
    };
  }

  async #writeJournal(boot: number, at: number, bytes: Uint8Array): Promise<void> {
    // Whole and cut short by turns.
    const part = this.#journalWrites++ % 2 ? bytes : bytes.subarray(0, bytes.length >> 1);
    const written = bytes.slice();
    for (const step of ['before', 'fsync', 'after'] as const) {
      if (boot !== this.#boot) throw new CrashedError('the process has crashed');
      if (step === 'after') this.#journal.set(written, at);
      const fault = await this.#faults.reach(`journal:${step}`);
      if (boot !== this.#boot) throw new CrashedError('the process has crashed');
      if (step === 'fsync' && (fault === 'fail' || fault === 'crash-kept')) this.#journal.set(part, at);
      if (fault === 'full' && step !== 'after') throw new NoSpaceError();
      if (fault === 'fail' && step !== 'after') throw new Error('EIO: i/o error');
      if (fault === 'crash' || fault === 'crash-kept') {
        this.crash();
        throw new CrashedError('the process has crashed');
      }
    }
  }

  async #write(boot: number, change: (to: TableWriter) => void): Promise<void> {
    if (boot !== this.#boot) throw new CrashedError('the process has crashed');
    const next: Content = {
      compacted: this.#content.compacted,
      records: new Map(this.#content.records),
      values: new Map(this.#content.values),
    };
    let kind = 'compaction';
    change({
      add(revision, record, value) {
        kind = 'commit';
        next.records.set(revision, record);
        if (value) next.values.set(revision, value.slice());
      },
      remove(revision) {
        next.records.delete(revision);
        next.values.delete(revision);
      },
      setCompacted(revision) {
        next.compacted = revision;
      },
    });
    for (const step of ['before', 'fsync', 'after']) {
      if (step === 'after') this.#content = next;
      const fault = await this.#faults.reach(`${kind}:${step}` as Failpoint);
      if (boot !== this.#boot) throw new CrashedError('the process has crashed');
      if (fault === 'full' && step !== 'after') throw new NoSpaceError();
      // An error after the fact would be a lie of the disk, not a failure.
      if (fault === 'fail' && step !== 'after') throw new Error('EIO: i/o error');
      if (fault === 'crash-kept' && step === 'fsync') this.#content = next;
      if (fault === 'crash' || fault === 'crash-kept') {
        this.crash();
        throw new CrashedError('the process has crashed');
      }
    }
  }
}
