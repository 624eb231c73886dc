import { cp, mkdtemp, rm, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeClock, silentLogger } from '@kubets/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NoSpaceError, prefixRange, type Store } from '../store.ts';
import { openJournal } from './journal_file.ts';
import { openLmdbStore } from './lmdb_store.ts';
import { compactStore, defragStore, verifyStore } from './maintenance.ts';
import { memoryFolder } from './memory_folder.ts';

const pods = prefixRange('/registry/pods/');
const bytes = (text: string) => new TextEncoder().encode(text);
let folder: string;
let live: Store;
/** As a crash leaves it: the tables have some objects, the journal has at least six others. */
let crashed: string;
let inTables: number;
let inJournal: number;

// A clock that stands still: nothing goes from the journal to the tables unless somebody waits for it.
const options = { clock: new FakeClock(), log: silentLogger };
const open = (path: string) => openLmdbStore({ path, ...options });

async function put(store: Store, from: number, to: number) {
  for (let i = from; i < to; i++) {
    await store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value: bytes(`value ${i}`) });
  }
}

async function contentsOf(path: string): Promise<string[]> {
  const store = await open(path);
  const { entries } = await store.list(pods);
  await store.close();
  return entries.map(({ modRevision, value }) => `${modRevision} ${new TextDecoder().decode(value)}`).sort();
}

/** Files get their names, and lose them, while they are copied. */
async function copyLive(path: string, copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  try {
    await cp(path, copy, { recursive: true });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    await copyLive(path, copy);
  }
}

const all = () => Array.from({ length: inTables + inJournal }, (_, i) => `${i + 2} value ${i}`).sort();
const tablesAlone = () => ({ problems: [], contents: { objects: inTables }, journaled: inJournal });
const allInTables = () => ({ problems: [], contents: { objects: inTables + inJournal }, journaled: 0 });

beforeEach(async () => {
  folder = await mkdtemp(join(memoryFolder(), 'kubets-journal-'));
  const path = join(folder, 'live');
  crashed = join(folder, 'crashed');
  live = await open(path);
  inJournal = 0;
  // Its journal is made in the background; until then the tables are written.
  for (let count = 0; inJournal < 6; count++) {
    await put(live, count, count + 1);
    await copyLive(path, crashed);
    const { contents, journaled } = await verifyStore(crashed);
    inTables = contents!.objects;
    // Absent where the copy was made while it was being made.
    inJournal = journaled ?? 0;
  }
});
afterEach(async () => {
  await live.close();
  await rm(folder, { recursive: true });
});

test('what a process has left in the journal is there at the next opening', async () => {
  expect(await verifyStore(crashed)).toMatchObject(tablesAlone());
  expect(await contentsOf(crashed)).toEqual(all());
  expect(await verifyStore(crashed)).toMatchObject(allInTables());
  expect((await stat(join(crashed, 'journal'))).mode & 0o077).toBe(0);
});

test('defrag leaves it, compact puts it into the tables', async () => {
  await defragStore(crashed);
  expect(await verifyStore(crashed)).toMatchObject(tablesAlone());
  expect((await compactStore({ path: crashed, ...options })).revision).toBe(inTables + inJournal + 1);
  expect(await verifyStore(crashed)).toMatchObject(allInTables());
  expect(await contentsOf(crashed)).toEqual(all());
});

test('a store that was closed is whole without it', async () => {
  await (await open(crashed)).close();
  await rm(join(crashed, 'journal'));
  expect((await verifyStore(crashed)).problems).toEqual([]);
  expect(await contentsOf(crashed)).toEqual(all());
});

const damages: Record<string, { damage(): Promise<void>; sentence: string }> = {
  lost: { damage: () => rm(join(crashed, 'journal')), sentence: 'its journal is missing' },
  'cut short': {
    damage: () => truncate(join(crashed, 'journal'), 3 * 4_096),
    sentence: 'its journal is of another store, or damaged',
  },
  'of another store': {
    damage: async () => {
      const other = join(folder, 'other');
      const store = await open(other);
      await put(store, 0, 1);
      await store.close();
      await cp(join(other, 'journal'), join(crashed, 'journal'));
    },
    sentence: 'its journal is of another store, or damaged',
  },
};

test.each(Object.entries(damages))('a journal that is %s is told of', async (_, { damage, sentence }) => {
  await damage();
  await expect(open(crashed)).rejects.toThrow(sentence);
  expect((await verifyStore(crashed)).problems).toEqual([sentence]);
});

test.skipIf(process.platform !== 'linux')('a journal that finds no room says so as LMDB does', async () => {
  const full = await mkdtemp(join(folder, 'full-'));
  await symlink('/dev/full', join(full, 'journal'));
  const journal = openJournal(full)!;
  await expect(journal.name(7)).rejects.toBeInstanceOf(NoSpaceError);
  journal.close();
});
