// What a durable store keeps, and how its tables are written: LMDB has them on a disk (./lmdb_tables.ts), the
// robustness tests in a simulated one that fails and crashes where it is told to (../robustness/simulated_disk.ts).
//   meta     'format', 'compacted' (reads before this revision fail), 'upgraded' (how far an upgrade has come),
//            'journal' (id of the one that may hold newer writes: ./journaled_tables.ts)
//   history  revision -> type, key, create revision of each change that is kept, and a checksum of its value
//   values   revision -> the value that the change wrote; none for a deletion
// Both big tables grow at the end only, so that a group of commits writes full pages next to each other, and each
// value is written once. Which keys exist is not a table of its own: the newest change of a key says it, and
// compaction never forgets that one. Opening reads `history`, which has no values in it, from end to end.
import type { Bytes, Revision } from '../store.ts';

export interface HistoryRecord {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly createRevision: Revision;
  /** Of the value: `checksumOf`. */
  readonly checksum: number;
}

export interface TableWriter {
  /** `encoded`: the record as ./record_codec.ts has it, where that is there already. */
  add(revision: Revision, record: HistoryRecord, value: Bytes | null, encoded?: Buffer): void;
  remove(revision: Revision): void;
  setCompacted(revision: Revision): void;
}

export interface Tables {
  /** Where they are, for messages. */
  readonly path: string;
  compacted(): Revision;
  /** The newest revision that was written; 1 when none was. */
  newest(): Revision;
  /** Records with start <= revision < end, in order. */
  records(range: {
    start?: Revision;
    end?: Revision;
  }): Iterable<{ readonly revision: Revision; readonly record: HistoryRecord }>;
  /** The caller's own bytes, in the room that `allocate` makes. */
  value(revision: Revision, allocate?: (bytes: number) => Bytes): Bytes | undefined;
  /**
   * Runs `change` as one transaction and resolves once it is on the disk. All or nothing: when it rejects,
   * nothing was written. Reads go on meanwhile and see what was there before. `change` may run more than once.
   * @throws NoSpaceError
   */
  write(change: (to: TableWriter) => void): Promise<void>;
  /** Bytes that could still be written: free on the disk, or free within the file. */
  freeBytes(): Promise<number>;
  /** What keeps the tables from being written at present, for people. Absent: nothing that the writer isn't told. */
  problem?(): string | undefined;
  close(): Promise<void>;
}

/** What stands on the disk is not what was written there. */
export class StoreDamagedError extends Error {
  override readonly name = 'StoreDamagedError';
  constructor(path: string, what: string) {
    super(
      `the store in ${path} is damaged: ${what}; \`kubets store verify\` lists all that is wrong with it`,
    );
  }
}
