import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  write as writeWith,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NoSpaceError } from '../store.ts';
import type { JournalFile } from './journal.ts';

/** Before the frames: magic, length of the file, id. */
const headBytes = 4_096;
const magic = 0x6864726a;

/** Of a new one: what comes in while the tables are written once or twice, as fast as a disk takes it. */
export const newJournalBytes = 8 * 1024 * 1024 + headBytes;
const pieceBytes = 1024 * 1024;

const syncData = promisify(fdatasync);
const writeAt = promisify(writeWith);

const journalFile = (path: string): string => join(path, 'journal');

export interface StoredJournal extends JournalFile {
  /** Undefined where the beginning of the file is none of a journal, or speaks of another length. */
  readonly id: number | undefined;
  /** Resolves once the disk has its new id. */
  name(id: number): Promise<void>;
}

/** The journal in the folder `path` of a store, if one is there. */
export function openJournal(path: string): StoredJournal | undefined {
  if (!existsSync(journalFile(path))) return undefined;
  // Linux brings a write to the disk in one call. Elsewhere such a write may end in the disk's own memory.
  const atOnce = process.platform === 'linux';
  const fd = openSync(journalFile(path), constants.O_RDWR | (atOnce ? constants.O_DSYNC : 0));
  const { size } = fstatSync(fd);
  const head = Buffer.alloc(headBytes);
  readSync(fd, head, 0, headBytes, 0);
  const write = async (at: number, data: Uint8Array) => {
    try {
      for (let done = 0; done < data.length; ) {
        const { bytesWritten } = await writeAt(fd, data, done, data.length - done, at + done);
        done += bytesWritten;
      }
      if (!atOnce) await syncData(fd);
    } catch (error) {
      // Where each write takes new room (btrfs, ZFS, snapshots of a volume), also what is written over may find none.
      const { code } = error as { code?: unknown };
      throw code === 'ENOSPC' || code === 'EDQUOT' ? new NoSpaceError() : error;
    }
  };
  return {
    id: head.readUInt32LE(0) === magic && head.readUInt32LE(4) === size ? head.readDoubleLE(8) : undefined,
    bytes: Math.max(0, size - headBytes),
    read() {
      // What the last process wrote and did not live to see on the disk counts from now on.
      fsyncSync(fd);
      const all = Buffer.alloc(size - headBytes);
      for (let at = 0; at < all.length; ) {
        const count = readSync(fd, all, at, all.length - at, headBytes + at);
        if (count === 0) throw new Error('its journal is cut short');
        at += count;
      }
      return all;
    },
    write: (at, data) => write(headBytes + at, data),
    async name(id) {
      const named = Buffer.alloc(headBytes);
      named.writeUInt32LE(magic, 0);
      named.writeUInt32LE(size, 4);
      named.writeDoubleLE(id, 8);
      await write(0, named);
    },
    close: () => closeSync(fd),
  };
}

/**
 * Makes an empty journal in the place of any other. All of it is written once: a flush of what is written over these
 * zeros later has nothing to do but that, as the file neither grows nor gets new room.
 */
export async function createJournal(path: string): Promise<void> {
  const made = `${journalFile(path)}.new`;
  await rm(made, { force: true });
  const file = await open(made, 'wx', 0o600);
  try {
    const zeros = Buffer.alloc(pieceBytes);
    for (let left = newJournalBytes; left > 0; ) {
      left -= (await file.write(zeros, 0, Math.min(left, pieceBytes))).bytesWritten;
    }
    await file.sync();
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(made, journalFile(path));
  const folder = await open(path, 'r');
  await folder.sync();
  await folder.close();
}
