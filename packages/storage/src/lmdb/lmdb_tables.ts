import { readdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Ms } from '@kubets/base';
import type { Revision } from '../store.ts';
import { addJournal, type JournalOptions } from './add_journal.ts';
import { checkFile } from './check_file.ts';
import {
  createFile,
  isDamage,
  type LmdbFile,
  type LmdbFileOptions,
  openFile,
  StoreInUseError,
} from './lmdb_file.ts';
import { decodeRecord, encodeRecord } from './record_codec.ts';
import { StoreDamagedError, type Tables } from './tables.ts';
import { upgradeFormat } from './upgrade_format.ts';
import { writeBatch } from './write_batch.ts';

/** For two seconds, a store that is in use is tried again. */
const openAttempts = 20;
const openPauseMs: Ms = 100;

export interface OpenTablesOptions extends Pick<LmdbFileOptions, 'mapBytes'> {
  /** Puts a journal before the tables. */
  journal?: JournalOptions;
}

/**
 * Opens the tables in the folder `path`, made when it isn't there, of this or an older format.
 * @throws StoreInUseError, StoreDamagedError, Error for a newer format
 */
export async function openTables(
  path: string,
  { journal, ...options }: OpenTablesOptions = {},
): Promise<Tables> {
  await createFile(path);
  const file = await openAlone(path, options);
  try {
    removeLeftovers(path);
    await upgradeFormat(file);
    const tables = tablesOf(file);
    return journal ? addJournal(file, tables, journal) : tables;
  } catch (error) {
    await file.root.close();
    throw error;
  }
}

/** A process that was killed has the store until it is gone, one that verifies it until it has read it. */
async function openAlone(path: string, options: LmdbFileOptions): Promise<LmdbFile> {
  for (let attempt = 1; ; attempt++) {
    // Before LMDB maps the file: what it would then meet ends the process.
    checkFile(path);
    try {
      return openFile(path, options);
    } catch (error) {
      if (!(error instanceof StoreInUseError) || attempt === openAttempts) throw error;
      await setTimeout(openPauseMs);
    }
  }
}

/** Copies and files that a process has not come to remove. Nobody else has the store: none of them is in use. */
function removeLeftovers(path: string): void {
  for (const name of readdirSync(path)) {
    if (/^((new|verify|defrag)-\d+|journal\.new)$/.test(name))
      rmSync(join(path, name), { recursive: true, force: true });
  }
}

export function tablesOf(file: LmdbFile): Tables {
  const { path, root, meta, history, values } = file;
  return {
    path,
    compacted: () => meta.get('compacted') ?? 1,
    newest: () => newestRevision(file),
    *records(range) {
      for (const { key: revision, value: bytes } of history.getRange(range)) {
        const record = decodeRecord(revision, bytes);
        if (!record)
          throw new StoreDamagedError(path, `the record of revision ${revision} is not what was written`);
        yield { revision, record };
      }
    },
    value(revision, allocate = (length) => new Uint8Array(length)) {
      // Good until the next read.
      const shared = readShared(file, revision);
      if (!shared) return undefined;
      const { buffer, byteOffset, length } = shared;
      const value = allocate(length);
      value.set(new Uint8Array(buffer, byteOffset, length));
      return value;
    },
    write: (change) =>
      writeBatch(file, () =>
        change({
          add(revision, record, value, encoded = encodeRecord(revision, record)) {
            void history.put(revision, encoded);
            if (value) void values.put(revision, value);
          },
          remove(revision) {
            void history.remove(revision);
            void values.remove(revision);
          },
          setCompacted: (revision) => void meta.put('compacted', revision),
        }),
      ),
    async freeBytes() {
      const disk = await statfs(path);
      return disk.bavail * disk.bsize + fileUse(file).freeBytes;
    },
    close: () => root.close(),
  };
}

function readShared({ path, values }: LmdbFile, revision: Revision): Uint8Array | undefined {
  try {
    return values.getBinaryFast(revision);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new StoreDamagedError(path, `the value of revision ${revision} cannot be found`);
  }
}

export function newestRevision({ history }: LmdbFile): Revision {
  const [newest = 1] = history.getKeys({ reverse: true, limit: 1 });
  return newest;
}

interface TreeStats {
  treeBranchPageCount: number;
  treeLeafPageCount: number;
  overflowPages: number;
}

/** How much of the file holds something, and how much LMDB will use again before it makes the file longer. */
export function fileUse({ root, meta, history, values }: LmdbFile): { usedBytes: number; freeBytes: number } {
  const all = root.getStats() as {
    pageSize: number;
    lastPageNumber: number;
    root: TreeStats;
    free: TreeStats;
  };
  const trees = [
    all.root,
    all.free,
    ...[meta, history, values].map((table) => table.getStats() as TreeStats),
  ];
  const pages = trees.reduce(
    (sum, tree) => sum + tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages,
    // Two pages at the beginning say which of the states is the newest.
    2,
  );
  const usedBytes = pages * all.pageSize;
  return { usedBytes, freeBytes: Math.max(0, (all.lastPageNumber + 1) * all.pageSize - usedBytes) };
}
