import { checksumOf } from './checksum.ts';
import type { LmdbFile } from './lmdb_file.ts';
import { decodeFirstFormat, encodeRecord, formatVersion } from './record_codec.ts';
import { StoreDamagedError } from './tables.ts';
import { writeBatch } from './write_batch.ts';

/** Records that one transaction brings to the new format. */
const upgradeStep = 2_000;

/**
 * Brings a store of an older format to this version's, in steps: a crash in between loses nothing, the next
 * opening goes on. @throws when a newer version has written the store, or the format is unknown.
 */
export async function upgradeFormat(file: LmdbFile): Promise<void> {
  const { meta } = file;
  const format = knownFormat(file);
  if (format < formatVersion) {
    // First of all: an older version must not read a store that is half of each. Format 3: there may be a journal.
    await writeBatch(file, () => {
      void meta.put('format', formatVersion);
      if (format === 1) void meta.put('upgraded', 0);
    });
  }
  const upgraded = meta.get('upgraded');
  if (upgraded !== undefined) await addChecksums(file, upgraded);
}

/** @throws when a newer version has written the store, or the format is unknown */
export function knownFormat({ meta, path }: LmdbFile): number {
  const format = meta.get('format');
  if (format === undefined) throw new StoreDamagedError(path, 'it does not say its format');
  if (format > formatVersion) {
    throw new Error(
      `the store in ${path} has format ${format}, which a newer version of kubets has written; this one reads formats up to ${formatVersion}`,
    );
  }
  return format;
}

/** Format 2: history has checksums. `upgraded` is the last revision that has them. */
async function addChecksums(file: LmdbFile, upgraded: number): Promise<void> {
  const { meta, history, values } = file;
  for (let last = upgraded; ; ) {
    const step = [...history.getRange({ start: last + 1, limit: upgradeStep })];
    if (step.length === 0) break;
    last = step.at(-1)!.key;
    await writeBatch(file, () => {
      for (const { key: revision, value: bytes } of step) {
        const record = decodeFirstFormat(bytes);
        const value = record.type === 'put' ? values.get(revision) : undefined;
        const checksum = value ? checksumOf(value) : 0;
        void history.put(revision, encodeRecord(revision, { ...record, checksum }));
      }
      void meta.put('upgraded', last);
    });
  }
  await writeBatch(file, () => void meta.remove('upgraded'));
}
