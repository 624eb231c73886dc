// The LMDB environment of a store: one folder, three tables, one process.
import { chmodSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type DatabaseOptions, open, type RootDatabase } from 'lmdb';
import type { Revision } from '../store.ts';
import { formatVersion } from './record_codec.ts';
import { StoreDamagedError } from './tables.ts';

export interface LmdbFile {
  readonly path: string;
  readonly root: RootDatabase<unknown, string>;
  readonly meta: Database<number, string>;
  readonly history: Database<Buffer, Revision>;
  readonly values: Database<Uint8Array, Revision>;
}

/** Another process has the store. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';
  readonly pid: number;
  constructor(pid: number) {
    super(`the store is in use by process ${pid}`);
    this.pid = pid;
  }
}

export const dataFile = (path: string): string => join(path, 'data.mdb');

/**
 * Makes an empty store in the folder `path` where there is none. It appears whole, so that a file without
 * content is never a store that was about to be made, but one that was lost.
 */
export async function createFile(path: string): Promise<void> {
  // Secrets are in it.
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (existsSync(dataFile(path))) return;
  const folder = join(path, `new-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  const file = openTablesOf(openEnvironment(folder, {}), folder);
  await file.root.transaction(() => {
    void file.meta.put('format', formatVersion);
    void file.meta.put('compacted', 1);
  });
  await file.root.close();
  chmodSync(dataFile(folder), 0o600);
  try {
    // Unlike a rename, a link doesn't replace what another process has made meanwhile.
    linkSync(dataFile(folder), dataFile(path));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface LmdbFileOptions {
  /** Address space to begin with; the map grows when the data does. */
  mapBytes?: number;
  /** Reads what another process may be writing. */
  readOnly?: boolean;
}

/** Opens what is there. @throws StoreInUseError */
export function openFile(path: string, options: LmdbFileOptions = {}): LmdbFile {
  const root = openEnvironment(path, options);
  try {
    const file = openTablesOf(root, path);
    // Reading takes a place in LMDB's table of readers, so that of two who come at once neither is overlooked.
    file.meta.get('format');
    if (!options.readOnly) refuseSecondProcess(root);
    return file;
  } catch (error) {
    void root.close();
    throw error;
  }
}

function openEnvironment(path: string, { mapBytes = 2 ** 34, readOnly }: LmdbFileOptions) {
  try {
    return open<unknown, string>({
      path,
      noSubdir: false,
      maxDbs: 4,
      readOnly,
      // A commit is acknowledged when it is on the disk, not when the operating system has it.
      overlappingSync: false,
      // All writes are in explicit batches, whose promises tell of failure; those of an event turn nobody could catch.
      eventTurnBatching: false,
      // A value of a few KB shares a page with others, where 4 KB pages would give each pages of its own.
      pageSize: 16_384,
      mapSize: mapBytes,
      encoding: 'binary',
    });
  } catch (error) {
    if (isDamage(error)) throw new StoreDamagedError(path, (error as Error).message);
    throw error;
  }
}

/** LMDB has met what it has not written. */
export function isDamage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  // MDB_PAGE_NOTFOUND, MDB_CORRUPTED, MDB_PANIC, MDB_VERSION_MISMATCH, MDB_INVALID
  return typeof code === 'number' && code >= -30797 && code <= -30793;
}

function openTablesOf(root: RootDatabase<unknown, string>, path: string): LmdbFile {
  return {
    path,
    root,
    meta: root.openDB<number, string>('meta', { encoding: 'json' }),
    history: root.openDB<Buffer, Revision>('history', records),
    values: root.openDB<Uint8Array, Revision>('values', { encoding: 'binary' }),
  };
}

/** Records are small: bytes from Buffer's pool take a fraction of the time that an ArrayBuffer for each does. */
const pooledBytes = {
  encode: (bytes: Buffer) => bytes,
  decode({ buffer, byteOffset, length }: Buffer) {
    const own = Buffer.allocUnsafe(length);
    own.set(new Uint8Array(buffer, byteOffset, length));
    return own;
  },
};
// The option is documented, but not declared.
const records = { encoding: 'binary', encoder: pooledBytes } as DatabaseOptions;

/** Two processes would each keep their own idea of the newest revision. */
function refuseSecondProcess(root: RootDatabase<unknown, string>): void {
  const pid = processWith(root);
  if (pid !== undefined) throw new StoreInUseError(pid);
}

/** Another process that has the store open: LMDB's table of readers tells of all. */
export function processWith(root: RootDatabase<unknown, string>): number | undefined {
  root.readerCheck();
  return root
    .readerList()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.trim().split(/\s+/)[0]))
    .find((pid) => pid && pid !== process.pid);
}
