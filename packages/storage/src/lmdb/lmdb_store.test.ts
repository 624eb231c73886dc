import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeConformance } from '../conformance.ts';
import { type Change, prefixRange, type Revision, type Store } from '../store.ts';
import { openFile } from './lmdb_file.ts';
import { openLmdbStore } from './lmdb_store.ts';

storeConformance('LMDB', async () => {
  const path = await mkdtemp(join(tmpdir(), 'kubets-lmdb-'));
  const open = () => openLmdbStore({ path, clock: systemClock, log: silentLogger });
  let store = await open();
  return {
    store,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    remove: () => rm(path, { recursive: true }),
  };
});

describe('LMDB store on disk', () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'kubets-lmdb-'));
  });
  afterEach(() => rm(path, { recursive: true }));

  const open = () => openLmdbStore({ path, clock: systemClock, log: silentLogger });
  const put = (store: Store, key: string, expect: Revision | 'absent') =>
    store.commit({ key, expect, value: new Uint8Array([1]) });

  test('finishes at the next opening what a compaction had begun', async () => {
    const store = await open();
    await put(store, '/registry/a', 'absent');
    for (let revision = 2; revision < 10; revision++) await put(store, '/registry/a', revision);
    await store.commit({ key: '/registry/a', expect: 10, value: null });
    await put(store, '/registry/b', 'absent');
    await store.close();

    const before = openFile(path);
    await before.meta.put('compacted', 12);
    await before.root.close();
    await (await open()).close();

    const after = openFile(path);
    expect([...after.history.getKeys({})]).toEqual([12]);
    expect([...after.values.getKeys({})]).toEqual([12]);
    await after.root.close();
  });

  test('can be read by nobody else', async () => {
    const store = await open();
    expect((await stat(join(path, 'data.mdb'))).mode & 0o077).toBe(0);
    await store.close();
  });

  test('replays from the disk what memory has let go', async () => {
    const store = await open();
    const keys = Array.from({ length: 10_000 }, (_, i) => `/registry/pods/${i}`);
    await Promise.all(keys.map((key) => put(store, key, 'absent')));
    await store.commit({ key: '/registry/pods/7', expect: 9, value: null });
    const stop = new AbortController();
    const seen: Change[] = [];
    for await (const { changes, revision } of store.watch(prefixRange('/registry/'), 1, stop.signal)) {
      seen.push(...changes);
      if (revision === 10_002) break;
    }
    expect(seen.map((change) => change.revision)).toEqual(Array.from({ length: 10_001 }, (_, i) => i + 2));
    expect(seen.every((change) => change.value.length === (change.type === 'put' ? 1 : 0))).toBe(true);
    expect(seen.at(-1)!.previous).toMatchObject({ key: '/registry/pods/7', modRevision: 9 });
    await store.close();
  });
});
