import { type Entry, prefixRange, type Revision, type Store } from '../store.ts';
import type { SnapshotFrame } from './frames.ts';
import { BadSnapshotError } from './frames.ts';

/** Says which snapshot a store was made from; its own revision stands past all that clients of the old one saw. */
export const restoredKey = '/kubets/restored';

/** What a store takes at once without queueing (etcd's own limit here is 128). */
const parallelWrites = 128;

/**
 * Writes the entries of a snapshot into an empty store through commits alone, whatever the store is. Its revision is
 * raised past the snapshot's first, so that no client takes what it reads for older than what it knows.
 * Revisions of entries become new ones. Returns the number of entries.
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
      const { entries } = await store.list(prefixRange('/'), { limit: 1 });
      if (entries.length > 0)
        throw new BadSnapshotError('the store to restore into is not empty: nothing was written');
      const target = options.revisionAfter?.(frame.revision) ?? frame.revision;
      await raiseRevision(store, target, options.onProgress);
    }
    if (frame.type !== 'entry' || frame.entry.key === restoredKey) continue;
    pending.push(frame.entry);
    if (pending.length >= parallelWrites) await write();
  }
  await write();
  return restored;
}

async function writeEntry(store: Store, { key, value }: Entry): Promise<void> {
  const result = await store.commit({ key, expect: 'absent', value });
  if (!result.ok) throw new Error(`${key} appeared while it was restored`);
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
