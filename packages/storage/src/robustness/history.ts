// What concurrent clients did to a store and saw of it. Times are ticks of one counter: an operation that returned
// before another was called has the smaller ones.
import type { Range, Revision } from '../store.ts';

/** A value stands for itself: no two writes of a history write the same text. */
export interface SeenEntry {
  readonly value: string;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
}

export type Outcome =
  | { readonly type: 'read'; readonly entry: SeenEntry | undefined }
  | { readonly type: 'written'; readonly revision: Revision }
  | { readonly type: 'refused'; readonly current: SeenEntry | undefined }
  /** It failed, or its answer never came: it may have happened, at any time from its call on. */
  | { readonly type: 'unknown' };

export interface Operation {
  readonly client: number;
  readonly calledAt: number;
  /** Infinity where the outcome is unknown. */
  readonly returnedAt: number;
  readonly key: string;
  /** Absent: a read. */
  readonly write?: { readonly expect: Revision | 'absent'; readonly value: string | null };
  readonly outcome: Outcome;
}

export interface ListOperation {
  readonly calledAt: number;
  readonly returnedAt: number;
  readonly range: Range;
  readonly at?: Revision;
  readonly revision: Revision;
  readonly entries: readonly (SeenEntry & { readonly key: string })[];
}

export interface SeenChange {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly value: string;
  readonly revision: Revision;
  readonly createRevision: Revision;
  /** `value@revision` of what was there before, as far as it is kept. */
  readonly previous?: string;
}

export interface SeenBatch {
  readonly revision: Revision;
  readonly changes: readonly SeenChange[];
}

/** One watch from its beginning to its end; one that goes on where another broke is a watch of its own. */
export interface SeenWatch {
  readonly range: Range;
  readonly after: Revision;
  readonly batches: readonly SeenBatch[];
  /** Set when the store told it that history is gone: up to this revision. */
  readonly compactedRevision?: Revision;
}

export interface History {
  readonly operations: readonly Operation[];
  readonly lists: readonly ListOperation[];
  readonly watches: readonly SeenWatch[];
  /** Every change there ever was, in order: what a watcher that missed nothing has seen. */
  readonly changes: readonly SeenChange[];
}
