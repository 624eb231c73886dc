// Bugs that etcd had (https://github.com/etcd-io/etcd/issues/N), as tests on the stores of this project.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLmdbStore, openTablesStore } from '../lmdb/lmdb_store.ts';
import { buildFixture } from '../lmdb/run_fixture.ts';
import { memoryStore } from '../memory_store.ts';
import { type Change, CompactedError, prefixRange, type Revision, type Store } from '../store.ts';
import { CrashedError, type Failpoint, type Fault, SimulatedDisk } from './simulated_disk.ts';

const pods = prefixRange('/registry/pods/');
const bytes = (text: string) => new TextEncoder().encode(text);
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

async function put(store: Store, key: string, value: string): Promise<Revision> {
  const current = await store.get(key);
  const result = await store.commit({ key, expect: current?.modRevision ?? 'absent', value: bytes(value) });
  expect(result.ok).toBe(true);
  return result.revision;
}

async function remove(store: Store, key: string): Promise<Revision> {
  const current = await store.get(key);
  return (await store.commit({ key, expect: current!.modRevision, value: null })).revision;
}

async function changesAfter(store: Store, after: Revision, until: Revision): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const batch of store.watch(pods, after, new AbortController().signal)) {
    changes.push(...batch.changes);
    if (batch.revision >= until) break;
  }
  return changes;
}

/** A durable store, with a journal or without, whose disk does what the test says. */
function simulated(journaled = false) {
  let fault: (point: Failpoint) => Promise<Fault | undefined> | Fault | undefined = () => undefined;
  const disk = new SimulatedDisk({ reach: async (point) => fault(point) });
  const clock = new FakeClock();
  return {
    open() {
      const tables = journaled ? disk.journaledTables(clock) : disk.tables();
      return openTablesStore({ tables, clock, log: silentLogger, endOfTick: tick });
    },
    crash: () => disk.crash(),
    at: (next: typeof fault) => {
      fault = next;
    },
  };
}

describe('#14370: a single node acknowledges a write before it is on the disk, and loses it in a crash', () => {
  test.each([
    { journaled: false, point: 'commit:fsync' },
    { journaled: true, point: 'journal:fsync' },
  ])(
    'until the disk has it, a write is not acknowledged, read or watched ($point)',
    async ({ journaled, point }) => {
      const disk = simulated(journaled);
      let store = disk.open();
      const first = await put(store, '/registry/pods/a', '1');
      let reached = () => {};
      const syncing = new Promise<void>((resolve) => {
        reached = resolve;
      });
      disk.at((at) => {
        if (at !== point) return undefined;
        reached();
        return new Promise(() => {});
      });
      const told: string[] = [];
      const watch = store.watch(pods, first, new AbortController().signal)[Symbol.asyncIterator]();
      void watch.next().then(() => told.push('watch'));
      store
        .commit({ key: '/registry/pods/a', expect: first, value: bytes('2') })
        .then(() => told.push('commit'))
        .catch(() => {});
      // One that lost against the write must not tell of it either.
      store
        .commit({ key: '/registry/pods/a', expect: first, value: bytes('3') })
        .then(() => told.push('conflict'))
        .catch(() => {});
      await syncing;
      for (let i = 0; i < 20; i++) await tick();
      expect(told).toEqual([]);
      expect(await store.get('/registry/pods/a')).toMatchObject({ modRevision: first });
      expect((await store.list(pods)).revision).toBe(first);
      expect(await store.revision()).toBe(first);

      disk.crash();
      disk.at(() => undefined);
      store = disk.open();
      expect(await store.revision()).toBe(first);
      expect(told).toEqual([]);
    },
  );

  test.each([false, true])(
    'what was acknowledged is there after a crash at the next moment (journal: %s)',
    async (journaled) => {
      const disk = simulated(journaled);
      let store = disk.open();
      for (let i = 0; i < 50; i++) {
        const revision = await put(store, '/registry/pods/a', String(i));
        disk.crash();
        store = disk.open();
        expect(await store.get('/registry/pods/a')).toMatchObject({ modRevision: revision });
      }
    },
  );
});

interface Opened {
  store: Store;
  /** Ends the store without a goodbye where that is possible, and opens it again. */
  reopen?(): Promise<Store>;
  end(): Promise<void>;
}

function crashing(disk: ReturnType<typeof simulated>): Opened {
  return {
    store: disk.open(),
    async reopen() {
      disk.crash();
      return disk.open();
    },
    end: async () => {},
  };
}

const stores: Record<string, () => Promise<Opened>> = {
  async memory() {
    const store = memoryStore();
    return { store, end: () => store.close() };
  },
  'simulated disk': async () => crashing(simulated()),
  'simulated disk with a journal': async () => crashing(simulated(true)),
  async LMDB() {
    const path = await mkdtemp(join(tmpdir(), 'kubets-issues-'));
    const open = () => openLmdbStore({ path, clock: systemClock, log: silentLogger });
    let store = await open();
    return {
      store,
      async reopen() {
        await store.close();
        store = await open();
        return store;
      },
      async end() {
        await store.close();
        await rm(path, { recursive: true });
      },
    };
  },
};

describe.each(Object.entries(stores))('%s', (_, open) => {
  let opened: Opened;
  let store: Store;
  beforeEach(async () => {
    opened = await open();
    store = opened.store;
  });
  afterEach(() => opened.end());

  describe('#15271: a watch travels back in time', () => {
    test('one that goes on gets nothing that it has had, also from a store opened anew', async () => {
      const seen: Revision[] = [];
      let after = 1;
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < 10; i++) await put(store, `/registry/pods/${i % 3}`, `${round}-${i}`);
        const until = await store.revision();
        const stop = new AbortController();
        for await (const batch of store.watch(pods, after, stop.signal)) {
          seen.push(...batch.changes.map(({ revision }) => revision));
          after = batch.revision;
          if (after >= until) break;
        }
        if (opened.reopen) store = await opened.reopen();
      }
      expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
    });

    test('one that is ahead of the store waits, and is not told of the past', async () => {
      const revision = await put(store, '/registry/pods/a', '1');
      const watch = store.watch(pods, revision + 2, new AbortController().signal)[Symbol.asyncIterator]();
      const next = watch.next();
      for (const value of ['2', '3', '4']) await put(store, '/registry/pods/a', value);
      const { value: batch } = await next;
      expect(batch.changes.map((change: Change) => change.revision)).toEqual([revision + 3]);
    });
  });

  test('#17529: watchers that are behind a compaction are told so, and skip nothing before', async () => {
    for (let i = 0; i < 50; i++) await put(store, `/registry/pods/${i % 7}`, String(i));
    const watchers = Array.from({ length: 200 }, (_, i) => {
      const watch = store.watch(pods, 1 + (i % 40), new AbortController().signal);
      return { after: 1 + (i % 40), iterator: watch[Symbol.asyncIterator](), seen: [] as Change[] };
    });
    // Each has read a little, with what was there before.
    for (const { iterator, seen } of watchers.slice(0, 100)) {
      const { value } = await iterator.next();
      seen.push(...value.changes);
      for (const change of value.changes as Change[]) void change.previous;
    }
    for (let i = 0; i < 3_000; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, j) =>
          store.commit({ key: `/registry/pods/new-${i + j}`, expect: 'absent', value: bytes('x') }),
        ),
      );
    }
    const newest = await store.revision();
    await store.compact(newest);
    for (const { after, iterator, seen } of watchers) {
      let failure: unknown;
      try {
        while (after + seen.length < newest) {
          const { value, done } = await iterator.next();
          if (done) break;
          seen.push(...value.changes);
        }
      } catch (error) {
        failure = error;
      }
      expect(failure).toBeInstanceOf(CompactedError);
      expect((failure as CompactedError).compactedRevision).toBe(newest);
      expect(seen.map(({ revision }) => revision)).toEqual(seen.map((_, i) => after + 1 + i));
    }
  });

  describe('#18089: a compaction at a deletion drops it from watches', () => {
    test.each([false, true])('followed by another change of the key: %s', async (again) => {
      await put(store, '/registry/pods/a', '1');
      await put(store, '/registry/pods/a', '2');
      const deleted = await remove(store, '/registry/pods/a');
      if (again) await put(store, '/registry/pods/a', '3');
      await put(store, '/registry/pods/b', '1');
      const newest = await store.revision();
      const expected = ['delete', ...(again ? ['put'] : []), 'put'];
      await store.compact(deleted);
      const seen = async () => (await changesAfter(store, deleted - 1, newest)).map(({ type }) => type);
      expect(await seen()).toEqual(expected);
      expect(await store.get('/registry/pods/a', deleted)).toBeUndefined();
      // etcd lost it when it was restarted, and when the compaction came a second time (#19179).
      if (opened.reopen) {
        store = await opened.reopen();
        expect(await seen()).toEqual(expected);
        await store.compact(deleted);
        store = await opened.reopen();
        expect(await seen()).toEqual(expected);
      }
    });
  });
});

describe('#18089 and #19179: a crash within the compaction', () => {
  const points: Failpoint[] = ['compaction:before', 'compaction:fsync', 'compaction:after'];
  test.each(points.flatMap((point) => [false, true].map((journaled) => ({ point, journaled }))))(
    'at $point, journal: $journaled',
    async ({ point, journaled }) => {
      const disk = simulated(journaled);
      let store = disk.open();
      for (const name of ['a', 'b', 'c', 'd']) await put(store, `/registry/pods/${name}`, '1');
      await put(store, '/registry/pods/a', '2');
      const deleted = await remove(store, '/registry/pods/a');
      disk.at((at) => (at === point ? 'crash' : undefined));
      await store.compact(deleted).catch((error) => expect(error).toBeInstanceOf(CrashedError));
      disk.at(() => undefined);
      for (let round = 0; round < 3; round++) {
        disk.crash();
        store = disk.open();
        expect((await changesAfter(store, deleted - 1, deleted)).map(({ type }) => type)).toEqual(['delete']);
        expect((await store.list(pods)).entries).toHaveLength(3);
        await store.compact(deleted);
      }
    },
  );
});

describe('#20418: a paused process answers with what was', () => {
  // Of the API server's own part of this (answers of the store that were under way before the question was put)
  // ../../../apiserver/src/cache/fresh_reads.test.ts tells.
  test('a stopped process keeps its store: nobody writes behind its back', { timeout: 30_000 }, async () => {
    const path = await mkdtemp(join(tmpdir(), 'kubets-paused-'));
    const child = spawn(process.execPath, [await buildFixture('crash'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      child.kill('SIGSTOP');
      await expect(openLmdbStore({ path, clock: systemClock, log: silentLogger })).rejects.toThrow(
        `the store is in use by process ${child.pid}`,
      );
      child.kill('SIGCONT');
      await once(child.stdout, 'data');
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(path, { recursive: true });
    }
  });
});
