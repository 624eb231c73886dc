import { randomInt } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { type Clock, errorMessage, type Logger } from '@kubets/base';
import { Journal, type JournaledWrite } from './journal.ts';
import { createJournal, newJournalBytes, openJournal, type StoredJournal } from './journal_file.ts';
import { journaledTables } from './journaled_tables.ts';
import type { LmdbFile } from './lmdb_file.ts';
import { newestRevision } from './lmdb_tables.ts';
import { StoreDamagedError, type Tables } from './tables.ts';
import { writeBatch } from './write_batch.ts';

/** On a disk with less room than so many journals the store does without. */
const roomForJournals = 8;

export interface JournalOptions {
  clock: Clock;
  log: Logger;
}

/**
 * Puts a journal before the tables of a file. `meta` names it while it may hold what they don't: then it must be
 * there. A store that was closed is whole without it, and gets one when it is written. @throws StoreDamagedError
 */
export function addJournal(file: LmdbFile, tables: Tables, options: JournalOptions): Tables {
  let journal: Journal | undefined;
  try {
    journal = journalOf(file);
    return journaledTables({
      ...options,
      tables,
      journal: journal ?? (() => makeJournal(file)),
      emptied: () => writeBatch(file, () => void file.meta.remove('journal')),
    });
  } catch (error) {
    journal?.close();
    throw new StoreDamagedError(file.path, errorMessage(error));
  }
}

/** What the last process has left in the journal. @throws Error: what is wrong with it */
export function journaledWrites(file: LmdbFile): JournaledWrite[] {
  const journal = journalOf(file);
  if (!journal) return [];
  try {
    return journal.recover(newestRevision(file));
  } finally {
    journal.close();
  }
}

function journalOf({ path, meta }: LmdbFile): Journal | undefined {
  const id = meta.get('journal');
  if (id === undefined) return undefined;
  const file = openJournal(path);
  if (!file) throw new Error('its journal is missing');
  if (file.id !== id) {
    file.close();
    throw new Error('its journal is of another store, or damaged');
  }
  return new Journal(file, id);
}

async function makeJournal(file: LmdbFile): Promise<Journal> {
  const { path, meta } = file;
  const journal = await emptyJournal(path);
  try {
    // A number of its own each time: whatever the file holds now is of no store that is open.
    const id = randomInt(1, 2 ** 48 - 1);
    await journal.name(id);
    await writeBatch(file, () => void meta.put('journal', id));
    return new Journal(journal, id);
  } catch (error) {
    journal.close();
    throw error;
  }
}

async function emptyJournal(path: string): Promise<StoredJournal> {
  const there = openJournal(path);
  if (there?.id !== undefined) return there;
  there?.close();
  const { bavail, bsize } = await statfs(path);
  if (bavail * bsize < roomForJournals * newJournalBytes) throw new Error('the disk has little room');
  await createJournal(path);
  return openJournal(path)!;
}
