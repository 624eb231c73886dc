import { FakeClock, settleMicrotasks, silentLogger } from '@kubets/base';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Failpoint, type Fault, SimulatedDisk } from '../robustness/simulated_disk.ts';
import { checksumOf } from './checksum.ts';
import { Journal } from './journal.ts';
import { journaledTables } from './journaled_tables.ts';
import { openTablesStore } from './lmdb_store.ts';
import type { Tables } from './tables.ts';

let clock: FakeClock;
let disk: SimulatedDisk;
let tables: Tables;
let fault: (point: Failpoint) => Promise<Fault | undefined> | Fault | undefined;
let emptied: number;
beforeEach(() => {
  fault = () => undefined;
  emptied = 0;
  clock = new FakeClock();
  disk = new SimulatedDisk({ reach: async (point) => fault(point) });
  tables = open();
});

const open = () =>
  journaledTables({
    tables: disk.tables(),
    journal: new Journal(disk.journal(), 7),
    clock,
    log: silentLogger,
    emptied: async () => void emptied++,
  });

function add(...revisions: number[]): Promise<void> {
  return tables.write((to) => {
    for (const revision of revisions) {
      const value = bytesOf(revision);
      const checksum = checksumOf(value);
      to.add(
        revision,
        { type: 'put', key: `/registry/pods/${revision}`, createRevision: revision, checksum },
        value,
      );
    }
  });
}
const bytesOf = (revision: number) => new Uint8Array(1_500).fill(revision);
const revisionsOf = (of: Tables, range = {}) => [...of.records(range)].map(({ revision }) => revision);
/** What the tables themselves have. */
const applied = () => revisionsOf(disk.tables());

describe('what is in the journal', () => {
  test('is read as if the tables had it, which get it later, together', async () => {
    await add(2);
    await add(3);
    expect(applied()).toEqual([]);
    expect(tables.newest()).toBe(3);
    expect(revisionsOf(tables)).toEqual([2, 3]);
    expect(revisionsOf(tables, { start: 3 })).toEqual([3]);
    expect(revisionsOf(tables, { end: 3 })).toEqual([2]);
    expect(tables.value(3)).toEqual(bytesOf(3));
    expect(tables.value(4)).toBeUndefined();
    const transactions: Failpoint[] = [];
    fault = (point) => void transactions.push(point);
    await clock.advance(1_000);
    expect(transactions).toEqual(['commit:before', 'commit:fsync', 'commit:after']);
    expect(applied()).toEqual([2, 3]);
    await add(4);
    expect(revisionsOf(tables)).toEqual([2, 3, 4]);
    expect(revisionsOf(tables, { start: 3, end: 4 })).toEqual([3]);
    expect([2, 3, 4].map((revision) => tables.value(revision))).toEqual([2, 3, 4].map(bytesOf));
  });

  test('is there after a crash, and only once', async () => {
    await add(2);
    await add(3);
    disk.crash();
    tables = open();
    expect(revisionsOf(tables)).toEqual([2, 3]);
    await add(4);
    await clock.advance(1_000);
    expect(applied()).toEqual([2, 3, 4]);
    disk.crash();
    tables = open();
    expect(revisionsOf(tables)).toEqual([2, 3, 4]);
  });

  test('is in the tables once they are closed', async () => {
    await add(2);
    await tables.close();
    expect(applied()).toEqual([2]);
    expect(emptied).toBe(1);
  });

  test('stays there when the tables cannot be written, and is tried again', async () => {
    await add(2);
    fault = (point) => (point === 'commit:fsync' ? 'fail' : undefined);
    await clock.advance(1_000);
    await add(3);
    await clock.advance(3_000);
    expect(applied()).toEqual([]);
    expect(revisionsOf(tables)).toEqual([2, 3]);
    fault = () => undefined;
    await clock.advance(1_000);
    expect(applied()).toEqual([2, 3]);
    await add(4);
    fault = (point) => (point === 'commit:before' ? 'full' : undefined);
    await tables.close();
    expect(emptied).toBe(0);
    fault = () => undefined;
    tables = open();
    expect(revisionsOf(tables)).toEqual([2, 3, 4]);
  });

  test('is a problem of the store as long as the tables refuse it, until they take it', async () => {
    const store = openTablesStore({ tables, clock, log: silentLogger, endOfTick: settleMicrotasks });
    await store.commit({ key: '/registry/pods/a', expect: 'absent', value: bytesOf(2) });
    expect(await store.problems!()).toEqual([]);
    fault = (point) => (point === 'commit:fsync' ? 'fail' : undefined);
    await clock.advance(1_000);
    const problem = 'the disk refuses what is in the journal of simulated: EIO: i/o error';
    expect(await store.problems!()).toEqual([problem]);
    await store.commit({ key: '/registry/pods/b', expect: 'absent', value: bytesOf(3) });
    fault = () => undefined;
    await clock.advance(1_000);
    expect(await store.problems!()).toEqual([]);
    await store.close();
  });

  test('counts as used', async () => {
    disk.freeBytes = 10_000_000;
    const before = await tables.freeBytes();
    await add(2, 3);
    expect(await tables.freeBytes()).toBeLessThan(before - 3_000);
    await clock.advance(1_000);
    expect(await tables.freeBytes()).toBe(before);
  });
});

describe('while the journal is being made', () => {
  const prepare = (journal: () => Promise<Journal>) => {
    const emptied = async () => void removed++;
    tables = journaledTables({ tables: disk.tables(), journal, clock, log: silentLogger, emptied });
  };
  let removed: number;
  beforeEach(() => {
    removed = 0;
  });

  test('the tables are written; then it is', async () => {
    let made!: (journal: Journal) => void;
    prepare(() => new Promise((resolve) => (made = resolve)));
    await add(2);
    expect(applied()).toEqual([2]);
    made(new Journal(disk.journal(), 7));
    await settleMicrotasks();
    await add(3);
    expect(applied()).toEqual([2]);
    await tables.close();
    expect(applied()).toEqual([2, 3]);
    expect(removed).toBe(1);
  });

  test('it may turn out that there will be none', async () => {
    prepare(() => Promise.reject(new Error('no room')));
    await add(2);
    await settleMicrotasks();
    await add(3);
    expect(applied()).toEqual([2, 3]);
    await tables.close();
    expect(removed).toBe(0);
  });
});

test('a group that finds no room waits for the tables, and fails as they do', async () => {
  // Eight pages; each of these takes one.
  for (let revision = 2; revision < 10; revision++) await add(revision);
  expect(applied()).toEqual([]);
  fault = (point) => (point === 'commit:before' ? 'full' : undefined);
  await expect(add(10)).rejects.toThrow('database space exceeded');
  fault = () => undefined;
  await add(10);
  expect(applied()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  expect(tables.newest()).toBe(10);
});

test('a large group goes to the tables at once, after all that came before it', async () => {
  await add(2);
  await add(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
  expect(applied()).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
});

test('what is removed does not come back, and the newest revision is still known', async () => {
  await add(2);
  await add(3);
  await add(4);
  await tables.write((to) => to.setCompacted(3));
  // Those up to the one that stays.
  expect(applied()).toEqual([2, 3, 4]);
  await add(5);
  await tables.write((to) => to.remove(2));
  expect(applied()).toEqual([3, 4]);
  disk.crash();
  tables = open();
  expect(revisionsOf(tables)).toEqual([3, 4, 5]);
  await settleMicrotasks();
});
