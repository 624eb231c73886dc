// `kubets store verify|compact|defrag`, as functions.
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Clock, errorMessage, type Logger } from '@kubets/base';
import { journaledWrites } from './add_journal.ts';
import { checkContents, type StoreContents } from './check_contents.ts';
import { checkFile, type FileReport, inspectFile } from './check_file.ts';
import { dataFile, type LmdbFile, openFile, processWith } from './lmdb_file.ts';
import { openLmdbStore } from './lmdb_store.ts';
import { fileUse } from './lmdb_tables.ts';

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
  requireStore(path);
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
    const copy = await copyOf(file, 'verify');
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
  requireStore(path);
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
  requireStore(path);
  checkFile(path);
  const file = openFile(path);
  let copy: string;
  let before: StoreSizes;
  let expected: number[];
  try {
    before = storeSizes(path, file);
    expected = entriesOf(file);
    copy = await copyOf(file, 'defrag');
  } finally {
    await file.root.close();
  }
  try {
    const { problems } = inspectFile(copy, { everything: true });
    const written = openFile(copy, { readOnly: true });
    const actual = entriesOf(written);
    await written.root.close();
    if (problems.length > 0 || actual.join() !== expected.join()) {
      throw new Error(`the copy in ${copy} is not what the store holds: ${problems[0] ?? actual.join()}`);
    }
    sync(dataFile(copy));
    renameSync(dataFile(copy), dataFile(path));
    sync(path);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return { before, after: await sizesOf(path) };
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

/** A copy as of one moment, without what is unused: LMDB follows one state, whoever writes meanwhile. */
async function copyOf(file: LmdbFile, what: string): Promise<string> {
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

function requireStore(path: string): void {
  if (!existsSync(dataFile(path))) throw new Error(`no store in ${path}`);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
