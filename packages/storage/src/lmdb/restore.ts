import { BadSnapshotError, restoredKey, type SnapshotFrame } from '../snapshot/index.ts';
import type { Entry, Revision } from '../store.ts';
import { checksumOf } from './checksum.ts';
import { openTables } from './lmdb_tables.ts';

/** Of one transaction. */
const batchEntries = 1_000;
const batchBytes = 16 * 1024 * 1024;

/**
 * Makes a store of a snapshot in the empty folder `path`. Entries keep their revisions; the store itself goes on at
 * `revisionAfter`, which is asked when all entries are in it, past all that any client has seen, with the history
 * before it counted as compacted: whoever watched the old store is told to list again.
 * Returns the number of entries and the new store's revision.
 */
export async function restoreLmdbStore(
  frames: AsyncIterable<SnapshotFrame>,
  options: { path: string; revisionAfter(snapshotRevision: Revision): Revision | Promise<Revision> },
): Promise<{ entries: number; revision: Revision }> {
  const tables = await openTables(options.path);
  try {
    let entries = 0;
    let saved: Revision | undefined;
    let pending: Entry[] = [];
    let bytes = 0;
    const write = async () => {
      const batch = pending;
      pending = [];
      bytes = 0;
      await tables.write((change) => {
        for (const { key, value, createRevision, modRevision } of batch) {
          change.add(modRevision, { type: 'put', key, createRevision, checksum: checksumOf(value) }, value);
        }
      });
      entries += batch.length;
    };
    for await (const frame of frames) {
      if (frame.type === 'store') saved = frame.revision;
      if (frame.type !== 'entry' || frame.entry.key === restoredKey) continue;
      pending.push(frame.entry);
      bytes += frame.entry.value.length;
      if (pending.length >= batchEntries || bytes >= batchBytes) await write();
    }
    await write();
    if (saved === undefined) throw new BadSnapshotError('the snapshot has no store in it');
    const revision = await options.revisionAfter(saved);
    const value = new TextEncoder().encode(JSON.stringify({ revision }));
    const record = { key: restoredKey, createRevision: revision, checksum: checksumOf(value) };
    await tables.write((change) => {
      change.add(revision, { type: 'put', ...record }, value);
      change.setCompacted(revision);
    });
    return { entries, revision };
  } finally {
    await tables.close();
  }
}
