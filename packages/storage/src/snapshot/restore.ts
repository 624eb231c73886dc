import { type Entry, prefixRange, type Revision, type Store } from '../store.ts';
import type { SnapshotFrame } from './frames.ts';
import { BadSnapshotError } from './frames.ts';

/** Says which snapshot a store was made from; its own revision stands past all that clients of the old one saw. */
export const restoredKey = '/kubets/restored';

/** Is there from the first write of a restore to its last: a store that has it holds a part of a cluster only. */
export const restoringKey = '/kubets/restoring';

/** What a store takes at once without queueing (etcd's own limit here is 128). */
const parallelWrites = 128;

/**
 * Writes the entries of a snapshot into an empty store through commits alone, whatever the store is. Its revision is
 * raised past the snapshot's first, so that no client takes what it reads for older than what it knows.
 * Revisions of entries become new ones. One that was broken off goes on where it is repeated with the same snapshot.
 * Returns the number of entries.
 */
export async function restoreIntoStore(
  frames: AsyncIterable<SnapshotFrame>,
  store: Store,
  options: {
    /** The revision that clients of the old store may have seen; default the snapshot's own. */
    revisionAfter?(snapshotRevision: Revision): Revision;
    onProgress?(revision: Revision, target: Revision): void;
  } = {},
): Promise<number> {
  let restored = 0;
  let pending: Entry[] = [];
  const write = async () => {
    const batch = pending;
    pending = [];
    await Promise.all(batch.map((entry) => writeEntry(store, entry)));
    restored += batch.length;
  };
  for await (const frame of frames) {
    if (frame.type === 'store') {
      await beginRestore(store, `of revision ${frame.revision}, taken ${frame.takenAt}`);
      const target = options.revisionAfter?.(frame.revision) ?? frame.revision;
      await raiseRevision(store, target, options.onProgress);
    }
    if (frame.type !== 'entry' || bookkeeping.includes(frame.entry.key)) continue;
    pending.push(frame.entry);
    if (pending.length >= parallelWrites) await write();
  }
  await write();
  const mark = await store.get(restoringKey);
  if (mark) await store.commit({ key: restoringKey, expect: mark.modRevision, value: null });
  // Watchers of the old store would be shown what came back and never what is missing: they have to list again.
  await store.compact(await store.revision());
  return restored;
}

const bookkeeping = [restoredKey, restoringKey];

/** Marks the store as one that is being filled from a snapshot. @throws BadSnapshotError when it holds anything else */
async function beginRestore(store: Store, snapshot: string): Promise<void> {
  const mark = await store.get(restoringKey);
  if (mark) {
    const begun = new TextDecoder().decode(mark.value);
    if (begun === snapshot) return;
    throw new BadSnapshotError(
      `a restore of another snapshot, ${begun}, was broken off in this store: end it by repeating it, or empty the store`,
    );
  }
  const { entries } = await store.list(prefixRange('/'), { limit: 1 });
  if (entries.length > 0)
    throw new BadSnapshotError('the store to restore into is not empty: nothing was written');
  await store.commit({ key: restoringKey, expect: 'absent', value: new TextEncoder().encode(snapshot) });
}

/** @throws BadSnapshotError for a store that a restore has filled in part. */
export async function refusePartOfSnapshot(store: Store): Promise<void> {
  const mark = await store.get(restoringKey);
  if (!mark) return;
  const begun = new TextDecoder().decode(mark.value);
  throw new BadSnapshotError(
    `the store holds a part of a snapshot only, ${begun}: repeat \`kubets snapshot restore\` of it`,
  );
}

async function writeEntry(store: Store, { key, value }: Entry): Promise<void> {
  const result = await store.commit({ key, expect: 'absent', value });
  if (result.ok) return;
  // Of a restore that was broken off.
  const { current } = result;
  const same =
    current?.value.length === value.length && current.value.every((byte, at) => byte === value[at]);
  if (!same) throw new Error(`${key} appeared while it was restored`);
}

/** A revision is one write: there is no other way to raise it through a store's own door. */
async function raiseRevision(
  store: Store,
  target: Revision,
  onProgress: (revision: Revision, target: Revision) => void = () => {},
): Promise<void> {
  const mark = new TextEncoder().encode(JSON.stringify({ revision: target }));
  const lane = async (index: number) => {
    const key = `${restoredKey}/${index}`;
    let expected = (await store.get(key))?.modRevision;
    for (;;) {
      const result = await store.commit({ key, expect: expected ?? 'absent', value: mark });
      expected = result.ok ? result.revision : result.current?.modRevision;
      if (!result.ok) continue;
      if (index === 0) onProgress(result.revision, target);
      if (result.revision < target) continue;
      await store.commit({ key, expect: result.revision, value: null });
      return;
    }
  };
  const lanes = Math.min(parallelWrites, Math.max(1, target - (await store.revision())));
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
}
