// npx vitest bench --project unit packages/storage
// Durable commits: what is printed is groups of 64 in a second; times 64 are commits.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import { afterAll, bench, describe } from 'vitest';
import { prefixRange, type Store } from '../store.ts';
import { openLmdbStore } from './lmdb_store.ts';

const path = mkdtempSync(join(tmpdir(), 'kubets-bench-'));
const value = new Uint8Array(2_048).map((_, i) => i * 7);
const open = () => openLmdbStore({ path, clock: systemClock, log: silentLogger });
let store: Store = await open();
let created = 0;

// Keys come in no order, as names with random suffixes do.
const nextKey = () => `/registry/pods/default/web-${((created++ * 7_919) % 1_000_003).toString(36)}`;
const create = () => store.commit({ key: nextKey(), expect: 'absent', value: value.slice() });

afterAll(async () => {
  await store.close();
  rmSync(path, { recursive: true });
});

describe('commits of 2 KB', () => {
  bench('64 at once', async () => {
    await Promise.all(Array.from({ length: 64 }, create));
  });
  bench('one after the other', async () => {
    await create();
  });
});

describe('300,000 objects', () => {
  const once = { iterations: 3, time: 0, warmupIterations: 0, warmupTime: 0 };
  bench(
    'open',
    async () => {
      await store.close();
      store = await open();
    },
    {
      ...once,
      async setup() {
        while (created < 300_000) await Promise.all(Array.from({ length: 1_000 }, create));
      },
    },
  );
  bench(
    'list 500',
    async () => {
      await store.list(prefixRange('/registry/pods/'), { limit: 500 });
    },
    { iterations: 50 },
  );
});
