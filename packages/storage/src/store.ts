// What every store does. Memory, LMDB and etcd pass one suite: ./conformance.ts.

export type Bytes = Uint8Array;

/** Position in the one global history; grows by one with each commit. A safe integer, 1 or more. */
export type Revision = number;

export interface Entry {
  readonly key: string;
  readonly value: Bytes;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
}

export interface Range {
  /** First key. */
  readonly start: string;
  /** First key past the range. `prefixRange('/registry/pods/')` makes one of a prefix. */
  readonly end: string;
}

export interface Page {
  readonly entries: readonly Entry[];
  /** The revision at which the page was read: pass it as `at` for the next page. */
  readonly revision: Revision;
  /** Keys in the range past this page. */
  readonly remaining: number;
}

export type CommitResult =
  | { readonly ok: true; readonly revision: Revision }
  /** The expectation did not hold; `current` is what is there now. Nothing was written. */
  | { readonly ok: false; readonly current: Entry | undefined; readonly revision: Revision };

export interface Change {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: Revision;
  /** The new value; for a delete the empty array. */
  readonly value: Bytes;
  readonly createRevision: Revision;
  /** The entry before this change, while its revision is kept. */
  readonly previous: Entry | undefined;
}

/** Changes in order of revision. An empty `changes` is progress: nothing else happened up to `revision`. */
export interface ChangeBatch {
  readonly changes: readonly Change[];
  readonly revision: Revision;
}

export interface Store {
  /** The newest committed revision, linearizable. */
  revision(): Promise<Revision>;
  /** @throws CompactedError, FutureRevisionError when `at` is outside what is kept. */
  get(key: string, at?: Revision): Promise<Entry | undefined>;
  /** Entries by key order. @throws as `get`. */
  list(range: Range, options?: { limit?: number; at?: Revision }): Promise<Page>;
  /**
   * Writes `value` (null deletes) if the key's newest revision is `expect` ('absent': no such key). Resolves
   * once the write survives a crash of the process. Watchers have been handed the change by then.
   * @throws NoSpaceError, ValueTooLargeError; nothing was written.
   * @throws UnknownOutcomeError where the store is over the network: the write may have happened, or happen yet.
   */
  commit(write: {
    key: string;
    expect: Revision | 'absent';
    value: Bytes | null;
    /**
     * A store that others use as well removes the value by itself some time after that, unless it is written again.
     * Stores of one process don't count time: the server's own upkeep does.
     */
    ttlSeconds?: number | undefined;
  }): Promise<CommitResult>;
  /** All changes with revision > `after`, in order, without gaps. @throws CompactedError (also while iterating). */
  watch(range: Range, after: Revision, signal: AbortSignal): AsyncIterable<ChangeBatch>;
  /** Forgets history before `before`; the newest entry of each key stays. */
  compact(before: Revision): Promise<void>;
  /** What keeps the store from doing all it should, for people: etcd's alarms, e.g. `NOSPACE: ...`. Absent: never any. */
  problems?(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The largest value that every store takes; etcd's default for a request. */
export const maxValueBytes = 1.5 * 1024 * 1024;

export class CompactedError extends Error {
  override readonly name = 'CompactedError';
  readonly compactedRevision: Revision;
  constructor(compactedRevision: Revision) {
    super('required revision has been compacted');
    this.compactedRevision = compactedRevision;
  }
}

export class FutureRevisionError extends Error {
  override readonly name = 'FutureRevisionError';
  constructor() {
    super('required revision is a future revision');
  }
}

export class NoSpaceError extends Error {
  override readonly name = 'NoSpaceError';
  constructor() {
    super('database space exceeded');
  }
}

export class ValueTooLargeError extends Error {
  override readonly name = 'ValueTooLargeError';
  constructor() {
    super('request is too large');
  }
}

/** The store is over the network and did not answer in time. Of a read; of a write it is UnknownOutcomeError. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
  constructor() {
    super('the store did not answer: the outcome of the write is unknown');
  }
}

/** Every key that begins with `prefix`. */
export function prefixRange(prefix: string): Range {
  // Keys are ASCII, so the next key past all that begin with the prefix is the prefix with its last character raised.
  return {
    start: prefix,
    end: prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1),
  };
}
