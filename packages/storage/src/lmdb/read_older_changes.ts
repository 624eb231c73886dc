import { maxBatchChanges } from '../change_log.ts';
import type { ChangeBatch, Range, Revision } from '../store.ts';
import { LmdbChange, type ReadBefore } from './lmdb_version.ts';
import { readValue } from './read_value.ts';
import type { Tables } from './tables.ts';

/** Records looked at in one step, so that a watcher far behind doesn't hold up all others. */
const maxScanned = 5_000;
const maxBatchBytes = 4 * 1024 * 1024;

/** The next step of a watcher that stands at `after`, which memory doesn't reach back to; `end` is where it does. */
export function readOlderChanges(options: {
  tables: Tables;
  range: Range;
  after: Revision;
  end: Revision;
  readBefore: ReadBefore;
}): ChangeBatch {
  const { tables, range, after, end, readBefore } = options;
  const changes: LmdbChange[] = [];
  let scanned = 0;
  let bytes = 0;
  for (const { revision, record } of tables.records({ start: after + 1, end })) {
    const { type, key, createRevision, checksum } = record;
    scanned++;
    if (key >= range.start && key < range.end) {
      const value = type === 'put' ? readValue(tables, revision, checksum) : null;
      changes.push(new LmdbChange({ key, revision, createRevision, value }, readBefore));
      bytes += value?.length ?? 0;
    }
    if (changes.length >= maxBatchChanges || bytes >= maxBatchBytes || scanned >= maxScanned) {
      return { changes, revision };
    }
  }
  return { changes, revision: end - 1 };
}
