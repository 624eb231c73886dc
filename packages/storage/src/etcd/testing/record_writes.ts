// Writers and a watch that run beside an outage, and what must hold of what they saw afterwards.
import { systemClock } from '@kubets/base';
import { type Change, prefixRange, type Revision, type Store, UnknownOutcomeError } from '../../store.ts';

export interface Recorded {
  /** What was acknowledged, by revision. */
  acknowledged: Map<Revision, { key: string; value: string }>;
  /** Writes whose outcome nobody could tell. */
  unknown: number;
  /** Everything that the watch gave, in its order. */
  changes: Change[];
  start: Revision;
  end: Revision;
}

export interface RecordOptions {
  store: Store;
  writers: number;
  /** What happens meanwhile; writing ends with it. `written` waits until that many more are acknowledged. */
  meanwhile: (written: (count: number) => Promise<void>) => Promise<void>;
}

const last = '/registry/pods/last';
const range = prefixRange('/registry/');
const text = (value: Uint8Array) => new TextDecoder().decode(value);

/** Each writer counts up in a key of its own, and deletes it now and then. */
export async function recordWrites({ store, writers, meanwhile }: RecordOptions): Promise<Recorded> {
  const start = await store.revision();
  const stop = new AbortController();
  const recorded: Recorded = {
    acknowledged: new Map(),
    unknown: 0,
    changes: [],
    start,
    end: start,
  };
  let finished = false;
  const watching = (async () => {
    for await (const { changes } of store.watch(range, start, stop.signal)) {
      recorded.changes.push(...changes);
      if (changes.some(({ key }) => key === last)) return;
    }
  })();
  const write = async (writer: number) => {
    const key = `/registry/pods/${writer}`;
    for (let i = 0; !finished; i++) {
      const current = await store.get(key);
      const value = current && i % 7 === 6 ? null : `${writer}:${i}`;
      const expected = current?.modRevision ?? 'absent';
      try {
        const bytes = value === null ? null : new TextEncoder().encode(value);
        const result = await store.commit({ key, expect: expected, value: bytes });
        // Nobody else writes this key.
        if (!result.ok) throw new Error(`${key} is not at ${expected} any more`);
        recorded.acknowledged.set(result.revision, { key, value: value ?? '' });
      } catch (error) {
        if (!(error instanceof UnknownOutcomeError)) throw error;
        recorded.unknown++;
      }
    }
  };
  const writing = Promise.all(Array.from({ length: writers }, (_, i) => write(i)));
  const written = async (count: number) => {
    const until = recorded.acknowledged.size + count;
    while (recorded.acknowledged.size < until) await systemClock.sleep(10);
  };
  await Promise.race([meanwhile(written), writing]);
  finished = true;
  await writing;
  // A last write ends the watch.
  const value = new Uint8Array();
  recorded.end = (await store.commit({ key: last, expect: 'absent', value })).revision;
  await watching;
  stop.abort();
  return recorded;
}

/** Throws where a promise of the store is broken: a change lost, doubled, out of order, or unlike the answer. */
export async function checkRecorded(store: Store, recorded: Recorded): Promise<void> {
  const { changes, acknowledged, start, end } = recorded;
  const state = new Map<string, string>();
  changes.forEach((change, i) => {
    if (change.revision !== start + 1 + i)
      throw new Error(`revision ${change.revision} follows ${start + i}`);
    const told = acknowledged.get(change.revision);
    if (told && (told.key !== change.key || told.value !== text(change.value))) {
      throw new Error(`revision ${change.revision} is another write than was acknowledged`);
    }
    if (change.type === 'delete') state.delete(change.key);
    else state.set(change.key, text(change.value));
    acknowledged.delete(change.revision);
  });
  if (acknowledged.size > 0) throw new Error(`acknowledged writes are lost: ${[...acknowledged.keys()]}`);
  const { entries } = await store.list(range, { at: end });
  for (const { key, value } of entries) {
    if (state.get(key) !== text(value)) throw new Error(`${key} is ${text(value)} and not ${state.get(key)}`);
    state.delete(key);
  }
  if (state.size > 0) throw new Error(`keys are missing: ${[...state.keys()]}`);
}
