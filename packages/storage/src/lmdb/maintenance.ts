// `kubets store verify|compact|defrag`, as functions.
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Clock, errorMessage, type Logger } from '@kubets/base';
import { journaledWrites } from './add_journal.ts';
import { checkContents, type StoreContents } from './check_contents.ts';
import { checkFile, type FileReport, inspectFile } from './check_file.ts';
import { dataFile, type LmdbFile, openFile, processWith } from './lmdb_file.ts';
import { defaultReserveBytes, openLmdbStore } from './lmdb_store.ts';
import { fileUse } from './lmdb_tables.ts';
import { knownFormat } from './upgrade_format.ts';

export interface StoreSizes {
  /** On the disk. */
  fileBytes: number;
  /** Of them, those that hold something; the rest is written again before the file grows. */
  usedBytes: number;
}

export interface StoreReport extends StoreSizes {
  /** What is wrong with the store: nothing, or up to a hundred sentences. */
  problems: string[];
  /** Absent where the pages are broken. */
  contents?: StoreContents;
  /** Changes after those of `contents` that the process which had the store has left in its journal. */
  journaled?: number;
  /** The process that has the store: then a copy, as of one moment, was looked at. */
  usedBy?: number;
}

/** Reads all of the store and compares it with its checksums. Changes nothing; the store may be in use. */
export async function verifyStore(path: string): Promise<StoreReport> {
  requireStore(path, 'read');
  if (inspectFile(path, { everything: false }).problems.length > 0) {
    return reportOf(inspectFile(path, { everything: true }));
  }
  const file = openFile(path, { readOnly: true });
  try {
    const usedBy = processWith(file.root);
    if (usedBy === undefined) {
      const report = reportOf(inspectFile(path, { everything: true }));
      return report.problems.length > 0 ? report : addJournal(addContents(report, file), file);
    }
    const copy = await copyOf(file, 'verify', defaultReserveBytes);
    try {
      return { ...(await verifyCopy(copy)), ...storeSizes(path, file), usedBy };
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  } finally {
    await file.root.close();
  }
}

/** It has no journal: what that holds when the copy is made is newer than the copy. */
async function verifyCopy(path: string): Promise<StoreReport> {
  const report = reportOf(inspectFile(path, { everything: true }));
  if (report.problems.length > 0) return report;
  const file = openFile(path, { readOnly: true });
  try {
    return addContents(report, file);
  } finally {
    await file.root.close();
  }
}

function addJournal(report: StoreReport, file: LmdbFile): StoreReport {
  try {
    return { ...report, journaled: journaledWrites(file).length };
  } catch (error) {
    return { ...report, problems: [...report.problems, errorMessage(error)] };
  }
}

function addContents(report: StoreReport, file: LmdbFile): StoreReport {
  const { problems, contents } = checkContents(file);
  return { ...report, problems, contents };
}

function reportOf({ problems, fileBytes, usedBytes }: FileReport): StoreReport {
  return { problems, fileBytes, usedBytes };
}

/** Forgets all history: every change but the newest of each object. @throws StoreInUseError */
export async function compactStore(options: {
  path: string;
  clock: Clock;
  log: Logger;
}): Promise<{ before: StoreSizes; after: StoreSizes; revision: number }> {
  const { path } = options;
  requireStore(path, 'written');
  checkFile(path);
  const before = await sizesOf(path);
  // There may be no room for anything but this.
  const store = await openLmdbStore({ ...options, reserveBytes: 0 });
  let revision: number;
  try {
    revision = await store.revision();
    await store.compact(revision);
  } finally {
    await store.close();
  }
  return { before, revision, after: await sizesOf(path) };
}

/** Writes the store anew without what is unused, and puts that in its place. @throws StoreInUseError */
export async function defragStore(path: string): Promise<{ before: StoreSizes; after: StoreSizes }> {
  requireStore(path, 'written');
  checkFile(path);
  const file = openFile(path);
  let before: StoreSizes;
  try {
    knownFormat(file);
    before = storeSizes(path, file);
    const expected = entriesOf(file).join();
    const copy = await copyOf(file, 'defrag', 0);
    try {
      await checkCopy(copy, expected);
      sync(dataFile(copy));
      // Still open: a server that started before this would go on writing to a file that is no longer there.
      renameSync(dataFile(copy), dataFile(path));
      sync(path);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  } finally {
    await file.root.close();
  }
  return { before, after: await sizesOf(path) };
}

async function checkCopy(copy: string, expected: string): Promise<void> {
  const { problems } = inspectFile(copy, { everything: true });
  const written = openFile(copy, { readOnly: true });
  const actual = entriesOf(written).join();
  await written.root.close();
  if (problems.length > 0 || actual !== expected) {
    throw new Error(`the copy in ${copy} is not what the store holds: ${problems[0] ?? actual}`);
  }
}

function entriesOf({ meta, history, values }: LmdbFile): number[] {
  return [meta, history, values].map((table) => (table.getStats() as { entryCount: number }).entryCount);
}

async function sizesOf(path: string): Promise<StoreSizes> {
  const file = openFile(path, { readOnly: true });
  const sizes = storeSizes(path, file);
  await file.root.close();
  return sizes;
}

function storeSizes(path: string, file: LmdbFile): StoreSizes {
  return { fileBytes: statSync(dataFile(path)).blocks * 512, usedBytes: fileUse(file).usedBytes };
}

/**
 * A copy as of one moment, without what is unused: LMDB follows one state, whoever writes meanwhile. `spareBytes` of
 * the disk are left to them.
 */
async function copyOf(file: LmdbFile, what: string, spareBytes: number): Promise<string> {
  const { bavail, bsize } = statfsSync(file.path);
  const { usedBytes } = fileUse(file);
  if (bavail * bsize < usedBytes + spareBytes) {
    const needed = Math.ceil((usedBytes + spareBytes) / 2 ** 20);
    const free = Math.floor((bavail * bsize) / 2 ** 20);
    throw new Error(
      `${what} needs room for a copy beside the store in ${file.path}: ${needed} MiB; ${free} MiB are free`,
    );
  }
  const folder = join(file.path, `${what}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  try {
    await file.root.backup(folder, true);
    chmodSync(dataFile(folder), 0o600);
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** @throws Error that says why there is nothing to do in `path` */
function requireStore(path: string, use: 'read' | 'written'): void {
  const mode = use === 'read' ? constants.R_OK : constants.R_OK | constants.W_OK;
  try {
    accessSync(path, mode | constants.X_OK);
    accessSync(dataFile(path), mode);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new Error(`no store in ${path}`);
    throw new Error(`the store in ${path} cannot be ${use} by this user: ${errorMessage(error)}`);
  }
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
