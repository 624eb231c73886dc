import type { Revision } from '../store.ts';
import { maxProblems } from './check_file.ts';
import { checksumOf } from './checksum.ts';
import type { LmdbFile } from './lmdb_file.ts';
import { decodeFirstFormat, decodeRecord, formatVersion } from './record_codec.ts';

export interface StoreContents {
  format: number;
  revision: Revision;
  /** Reads before this revision fail. */
  compacted: Revision;
  objects: number;
  /** Changes that are kept. */
  changes: number;
}

/** Compares each record and value with its checksum, and the changes of each key with each other. */
export function checkContents({ meta, history, values }: LmdbFile): {
  problems: string[];
  /** Absent where they are of a format that this version doesn't know. */
  contents?: StoreContents;
} {
  const problems: string[] = [];
  const report = (problem: string): undefined => {
    if (problems.length < maxProblems) problems.push(problem);
  };
  const format = meta.get('format') ?? 0;
  const compacted = meta.get('compacted') ?? 0;
  const upgraded = meta.get('upgraded') ?? (format === 1 ? 0 : Number.POSITIVE_INFINITY);
  const contents: StoreContents = { format, revision: 1, compacted, objects: 0, changes: 0 };
  if (format < 1 || format > formatVersion) {
    report(`it has format ${format}, this version of kubets reads 1 to ${formatVersion}`);
    return { problems };
  }
  /** Create revision of each key that is there. */
  const created = new Map<string, Revision>();
  let withValue = 0;
  for (const { key: revision, value: bytes } of history.getRange({})) {
    contents.changes++;
    // A compaction keeps the change at its own revision; after it there are no gaps.
    const expected = Math.max(contents.revision, compacted) + 1;
    if (revision > compacted && revision !== expected) {
      report(`revisions ${expected} to ${revision - 1} are missing`);
    }
    contents.revision = revision;
    const old = revision > upgraded;
    const record = old ? { ...decodeFirstFormat(bytes), checksum: undefined } : decodeRecord(revision, bytes);
    if (!record) {
      report(`the record of revision ${revision} is not what was written`);
      continue;
    }
    const { type, key, createRevision, checksum } = record;
    const before = created.get(key);
    // Before `compacted` anything may be missing: a compaction may have ended halfway.
    const contradicts = before !== undefined && before !== createRevision && revision > compacted;
    if (createRevision > revision || contradicts) {
      report(`revision ${revision} of ${key} says that the object was created at ${createRevision}`);
    }
    const value = values.get(revision);
    if (type === 'delete') {
      created.delete(key);
      continue;
    }
    created.set(key, createRevision);
    withValue++;
    if (!value) report(`the value of revision ${revision}, of ${key}, is missing`);
    else if (checksum !== undefined && checksumOf(value) !== checksum) {
      report(`the value of revision ${revision}, of ${key}, is not what was written`);
    }
  }
  contents.objects = created.size;
  const { entryCount } = values.getStats() as { entryCount: number };
  if (problems.length === 0 && entryCount > withValue) {
    report(`${entryCount - withValue} values belong to no change`);
  }
  return { problems, contents };
}
