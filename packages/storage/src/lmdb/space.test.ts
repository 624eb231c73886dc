import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Failpoint, type Fault, SimulatedDisk } from '../robustness/simulated_disk.ts';
import { CompactedError, NoSpaceError, prefixRange, type Store } from '../store.ts';
import { openLmdbStore, openTablesStore } from './lmdb_store.ts';
import { verifyStore } from './maintenance.ts';

const pods = prefixRange('/registry/pods/');
const value = new Uint8Array(2_048).fill(7);
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the file', { timeout: 30_000 }, () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'kubets-space-'));
  });
  afterEach(() => rm(path, { recursive: true }));

  test('does not grow under steady churn: space that compaction frees is written again', async () => {
    const store = await openLmdbStore({ path, clock: systemClock, log: silentLogger });
    const keys = Array.from({ length: 200 }, (_, i) => `/registry/pods/${i}`);
    const newest = new Map<string, number>();
    let before = await store.revision();
    let compaction = Promise.resolve();
    const sizes: number[] = [];
    for (let round = 0; round < 60; round++) {
      const writes = keys.map(async (key) => {
        const result = await store.commit({ key, expect: newest.get(key) ?? 'absent', value });
        newest.set(key, result.revision);
      });
      await Promise.all(writes);
      if (round % 4 === 3) {
        // Compaction and writes go on side by side, as in the API server; one at a time.
        await compaction;
        compaction = store.compact(before);
        before = await store.revision();
        sizes.push((await stat(join(path, 'data.mdb'))).size);
      }
    }
    await store.close();
    // 25 MB were written; what is kept is some 1,600 changes at most.
    const settled = sizes.slice(8);
    expect(Math.max(...settled)).toBeLessThanOrEqual(1.5 * settled[0]!);
    expect(Math.max(...sizes)).toBeLessThan(12 * 1024 * 1024);
    expect((await verifyStore(path)).problems).toEqual([]);
  });

  test('grows past the map that it was opened with', async () => {
    const mapBytes = 1024 * 1024;
    const open = () => openLmdbStore({ path, clock: systemClock, log: silentLogger, mapBytes });
    let store = await open();
    const large = new Uint8Array(100_000).fill(7);
    for (let i = 0; i < 20; i++) {
      await Promise.all(
        Array.from({ length: 10 }, (_, j) =>
          store.commit({ key: `/registry/pods/${i}-${j}`, expect: 'absent', value: large }),
        ),
      );
      expect((await store.list(pods)).entries).toHaveLength((i + 1) * 10);
    }
    await store.close();
    expect((await stat(join(path, 'data.mdb'))).size).toBeGreaterThan(20_000_000);
    store = await open();
    const { entries } = await store.list(pods);
    expect(entries).toHaveLength(200);
    expect(entries.every((entry) => entry.value.length === 100_000)).toBe(true);
    await store.close();
  });
});

describe('while the disk', () => {
  let disk: SimulatedDisk;
  let fault: (point: Failpoint) => Promise<Fault | undefined> | Fault | undefined;
  let store: Store;
  const clock = new FakeClock();
  beforeEach(() => {
    fault = () => undefined;
    disk = new SimulatedDisk({ reach: async (point) => fault(point) });
    store = openTablesStore({ tables: disk.tables(), clock, log: silentLogger, endOfTick: tick });
  });

  const fill = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value });
    }
  };

  test('hangs, readers do not wait for writers', async () => {
    await fill(10);
    let release = () => {};
    const hanging = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    fault = () => hanging;
    const write = store.commit({ key: '/registry/pods/new', expect: 'absent', value });
    for (let i = 0; i < 5; i++) await tick();
    expect((await store.list(pods)).entries).toHaveLength(10);
    expect(await store.get('/registry/pods/3')).toBeDefined();
    expect((await store.get('/registry/pods/3', 6))!.modRevision).toBe(5);
    const watch = store.watch(pods, 1, new AbortController().signal)[Symbol.asyncIterator]();
    expect((await watch.next()).value.changes).toHaveLength(10);
    release();
    expect(await write).toEqual({ ok: true, revision: 12 });
  });

  test('is full, an alarm stands, deletions go on, and room ends it', async () => {
    await fill(10);
    disk.freeBytes = 1_000_000;
    await clock.advance(2_000);
    const put = () => store.commit({ key: '/registry/pods/new', expect: 'absent', value });
    await expect(put()).rejects.toBeInstanceOf(NoSpaceError);
    expect(await store.problems!()).toEqual(['NOSPACE: 1.0 MiB left for simulated; writes are refused']);
    expect((await store.list(pods)).entries).toHaveLength(10);
    expect(await store.commit({ key: '/registry/pods/3', expect: 5, value: null })).toMatchObject({
      ok: true,
    });
    await store.compact(await store.revision());
    await expect(put()).rejects.toBeInstanceOf(NoSpaceError);
    disk.freeBytes = 1_000_000_000;
    await clock.advance(2_000);
    expect(await store.problems!()).toEqual([]);
    expect(await put()).toMatchObject({ ok: true });
  });

  test('refuses what compaction removes, that is removed by a later one', async () => {
    await fill(1);
    for (let revision = 2; revision < 12; revision++) {
      await store.commit({ key: '/registry/pods/0', expect: revision, value });
    }
    fault = (point) => (point === 'compaction:before' ? 'full' : undefined);
    await expect(store.compact(12)).rejects.toBeInstanceOf(NoSpaceError);
    // What is forgotten is forgotten, also while it is still on the disk.
    await expect(store.get('/registry/pods/0', 5)).rejects.toBeInstanceOf(CompactedError);
    expect([...disk.tables().records({})]).toHaveLength(11);
    fault = () => undefined;
    await store.compact(12);
    expect([...disk.tables().records({})].map(({ revision }) => revision)).toEqual([12]);
    expect(disk.tables().compacted()).toBe(12);
  });

  test('loses power between two compactions at once: what is forgotten and what is said of it are one', async () => {
    for (let crashAt = 1; crashAt < 5; crashAt++) {
      disk = new SimulatedDisk({ reach: async (point) => fault(point) });
      store = openTablesStore({ tables: disk.tables(), clock, log: silentLogger, endOfTick: tick });
      await fill(1);
      for (let revision = 2; revision < 12; revision++) {
        await store.commit({ key: '/registry/pods/0', expect: revision, value });
      }
      let written = 0;
      fault = (point) => (point === 'compaction:after' && ++written === crashAt ? 'crash' : undefined);
      await Promise.allSettled([store.compact(5), store.compact(9)]);
      fault = () => undefined;
      disk.crash();
      const tables = disk.tables();
      const kept = [...tables.records({})].map(({ revision }) => revision);
      const since = Array.from({ length: 12 }, (_, i) => i + 1).filter((each) => each >= tables.compacted());
      expect(kept).toEqual(expect.arrayContaining(since.filter((revision) => revision > 1)));
    }
  });

  test('works, setting the clock forward or back changes nothing', async () => {
    // A clock that jumps: days ahead, years back.
    let now = Date.UTC(2026, 0, 1);
    const jumping = { ...systemClock, now: () => now };
    store = openTablesStore({ tables: disk.tables(), clock: jumping, log: silentLogger, endOfTick: tick });
    for (const [i, jump] of [0, 3 * 86_400_000, -10 * 365 * 86_400_000, 1, -1].entries()) {
      now += jump;
      const result = await store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value });
      expect(result).toEqual({ ok: true, revision: i + 2 });
    }
    // The alarm is found out about too, though the clock says that the disk was asked just now.
    disk.freeBytes = 1_000;
    now -= 86_400_000;
    await expect(store.commit({ key: '/registry/pods/x', expect: 'absent', value })).rejects.toBeInstanceOf(
      NoSpaceError,
    );
  });

  test('works, a fast watcher is not delayed by slow ones, which cost no memory of their own', async () => {
    const signal = new AbortController().signal;
    const slow = Array.from({ length: 1_000 }, () => store.watch(pods, 1, signal)[Symbol.asyncIterator]());
    const begun = slow.map((watch) => watch.next());
    const order: string[] = [];
    const fast = (async () => {
      for await (const { revision } of store.watch(pods, 1, signal)) {
        order.push(`watched ${revision}`);
        if (revision === 301) return;
      }
    })();
    for (let i = 0; i < 300; i++) {
      await store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value });
      order.push(`acknowledged ${i + 2}`);
    }
    await fast;
    expect(order).toEqual(
      Array.from({ length: 300 }, (_, i) => [`watched ${i + 2}`, `acknowledged ${i + 2}`]).flat(),
    );
    // They share the history: each holds its place in it and nothing else.
    const batches = await Promise.all(begun);
    expect(new Set(batches.map(({ value: batch }) => batch)).size).toBe(1);
    const more = await Promise.all(slow.map((watch) => watch.next()));
    expect(new Set(more.map(({ value: batch }) => batch)).size).toBe(1);
    expect(more[0]!.value.changes).toHaveLength(299);
    await store.commit({ key: '/registry/pods/0', expect: 2, value: null });
    await store.compact(302);
    await store.commit({ key: '/registry/pods/0', expect: 'absent', value });
    const next = await slow[0]!.next();
    expect(next.value.revision).toBe(303);
    const behind = store.watch(pods, 5, signal)[Symbol.asyncIterator]();
    await expect(behind.next()).rejects.toBeInstanceOf(CompactedError);
  });
});
