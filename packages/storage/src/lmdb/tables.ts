// What stands on disk. Three tables in one LMDB environment:
//   meta     'format' -> the number below; 'compacted' -> revision before which reads fail
//   history  revision -> type, create revision and key of each change that is kept
//   values   revision -> the value that the change wrote; none for a deletion
// Both big tables grow at the end only, so that a group of commits writes full pages next to each other, and each
// value is written once. Which keys exist is not a table of its own: the newest change of a key says it, and
// compaction never forgets that one. Opening reads `history`, which has no values in it, from end to end.
import { chmodSync, mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { Revision } from '../store.ts';

/** Raised when the layout changes; a store of another format is not opened. */
const formatVersion = 1;

export interface HistoryRecord {
  type: 'put' | 'delete';
  key: string;
  createRevision: Revision;
}

export interface Tables {
  path: string;
  root: RootDatabase<unknown, string>;
  meta: Database<number, string>;
  history: Database<Buffer, Revision>;
  values: Database<Uint8Array, Revision>;
}

/** Opens the tables in the folder `path`, made when it isn't there. Throws when another process has them open. */
export function openTables(path: string): Tables {
  // Secrets are in it.
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const root = open<unknown, string>({
    path,
    noSubdir: false,
    maxDbs: 4,
    // A commit is acknowledged when it is on the disk, not when the operating system has it.
    overlappingSync: false,
    // All writes are in explicit batches, whose promises tell of failure; those of an event turn nobody could catch.
    eventTurnBatching: false,
    // A value of a few KB shares a page with others, where 4 KB pages would give each pages of its own.
    pageSize: 16_384,
    // Address space only; the map grows when the data does.
    mapSize: 2 ** 34,
    encoding: 'binary',
  });
  try {
    refuseSecondProcess(root);
    const meta = root.openDB<number, string>('meta', { encoding: 'json' });
    const format = meta.get('format');
    if (format !== undefined && format !== formatVersion) {
      throw new Error(`the store in ${path} has format ${format}, this version reads ${formatVersion}`);
    }
    if (format === undefined) {
      chmodSync(`${path}/data.mdb`, 0o600);
      root.transactionSync(() => {
        meta.putSync('format', formatVersion);
        meta.putSync('compacted', 1);
      });
    }
    const history = root.openDB<Buffer, Revision>('history', { encoding: 'binary' });
    const values = root.openDB<Uint8Array, Revision>('values', { encoding: 'binary' });
    return { path, root, meta, history, values };
  } catch (error) {
    void root.close();
    throw error;
  }
}

/** Two processes would each keep their own idea of the newest revision. LMDB's table of readers tells of both. */
function refuseSecondProcess(root: RootDatabase<unknown, string>): void {
  root.readerCheck();
  for (const line of root.readerList().split('\n').slice(1)) {
    const pid = Number(line.trim().split(/\s+/)[0]);
    if (pid && pid !== process.pid) throw new Error(`the store is in use by process ${pid}`);
  }
}

const headLength = 9;

export function encodeRecord({ type, key, createRevision }: HistoryRecord): Buffer {
  const bytes = Buffer.allocUnsafe(headLength + Buffer.byteLength(key));
  bytes[0] = type === 'put' ? 1 : 2;
  bytes.writeDoubleBE(createRevision, 1);
  bytes.write(key, headLength);
  return bytes;
}

export function decodeRecord(bytes: Buffer): HistoryRecord {
  return {
    type: bytes[0] === 1 ? 'put' : 'delete',
    createRevision: bytes.readDoubleBE(1),
    key: bytes.toString('utf8', headLength),
  };
}
