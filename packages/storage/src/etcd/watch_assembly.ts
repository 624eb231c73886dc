// From the answers of one etcd watch over all keys to changes, revision by revision, with nothing lost or twice.
import type { Event, KeyValue, WatchResponse } from '@kubets/api/generated/etcd.ts';
import type { Bytes, Change, ChangeBatch, Entry, Revision } from '../store.ts';

export type Assembled =
  /** Whole revisions that follow on what came before. */
  | { readonly type: 'batch'; readonly batch: ChangeBatch }
  /** Not a whole answer yet, or nothing new in it. */
  | { readonly type: 'nothing' }
  /** Revisions after the last one are missing: this stream has lost events. `next` is what came instead. */
  | { readonly type: 'gap'; readonly next: Revision }
  | { readonly type: 'compacted'; readonly revision: Revision }
  | { readonly type: 'canceled'; readonly reason: string };

const nothing: Assembled = { type: 'nothing' };
const empty: Bytes = new Uint8Array(0);

/**
 * etcd gives a revision to each transaction that changes a key and to nothing else. So a watch over all keys sees
 * every revision, and what is missing shows: lost events (#17529, #18089, #19179), repeated ones (#15271, #17247,
 * #20221) and events out of order are told apart from a quiet store. That is also why progress comes from events
 * alone: a notification of progress may overtake events that are still to come (#15220, in v3.4.23 and others).
 */
export class WatchAssembly {
  #revision: Revision;
  #fragments: Event[] = [];
  readonly #keyOf: (key: Uint8Array) => string | undefined;

  /** `keyOf` is undefined for keys that are none of ours; their revisions count all the same. */
  constructor(after: Revision, keyOf: (key: Uint8Array) => string | undefined) {
    // The first change of a store has revision 2.
    this.#revision = Math.max(after, 1);
    this.#keyOf = keyOf;
  }

  /** All changes up to this one have been returned. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Before the answers of another stream, which was asked for what comes after `revision`. */
  restart(): void {
    this.#fragments = [];
  }

  accept(response: WatchResponse): Assembled {
    if (response.compactRevision) return { type: 'compacted', revision: response.compactRevision };
    if (response.canceled) return { type: 'canceled', reason: response.cancelReason || 'canceled' };
    const own = response.events ?? [];
    if (response.fragment) {
      for (const event of own) this.#fragments.push(event);
      return nothing;
    }
    const events = this.#fragments.length > 0 ? [...this.#fragments, ...own] : own;
    if (events !== own) this.#fragments = [];
    return this.#assemble(events);
  }

  #assemble(events: readonly Event[]): Assembled {
    const before = this.#revision;
    let revision = before;
    const changes: Change[] = [];
    /** Keys seen at `revision`: a transaction changes each once. */
    const keys = new Set<string>();
    for (const event of events) {
      const at = event.kv?.modRevision ?? 0;
      if (at <= before) continue;
      if (at === revision + 1) {
        revision = at;
        keys.clear();
      } else if (at !== revision) {
        return { type: 'gap', next: at };
      }
      const key = this.#keyOf(event.kv!.key ?? empty);
      if (key === undefined || keys.has(key)) continue;
      keys.add(key);
      changes.push(changeOf(key, event));
    }
    if (revision === before) return nothing;
    this.#revision = revision;
    return { type: 'batch', batch: { changes, revision } };
  }
}

function changeOf(key: string, { type, kv, prevKv }: Event): Change {
  const previous = prevKv ? entryOf(key, prevKv) : undefined;
  const revision = kv!.modRevision!;
  if (type === 1) {
    const createRevision = previous?.createRevision ?? 0;
    return { type: 'delete', key, revision, value: empty, createRevision, previous };
  }
  const createRevision = kv!.createRevision ?? 0;
  return { type: 'put', key, revision, value: kv!.value ?? empty, createRevision, previous };
}

export function entryOf(key: string, kv: KeyValue): Entry {
  return {
    key,
    value: kv.value ?? empty,
    createRevision: kv.createRevision ?? 0,
    modRevision: kv.modRevision ?? 0,
  };
}
