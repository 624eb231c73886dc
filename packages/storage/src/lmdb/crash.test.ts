import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { silentLogger, systemClock } from '@kubets/base';
import { expect, test } from 'vitest';
import { prefixRange } from '../store.ts';
import { openLmdbStore } from './lmdb_store.ts';
import { runFixture } from './run_fixture.ts';

test('a store is to be had as soon as the process that was killed is gone', { timeout: 30_000 }, async () => {
  const path = await mkdtemp(join(tmpdir(), 'kubets-lmdb-'));
  const child = await runFixture('crash', [path]);
  try {
    await once(child.stdout!, 'data');
    child.stdout!.resume();
    setTimeout(() => child.kill('SIGKILL'), 300);
    const store = await openLmdbStore({ path, clock: systemClock, log: silentLogger });
    expect(await store.revision()).toBeGreaterThan(1);
    await store.close();
  } finally {
    child.kill('SIGKILL');
    await rm(path, { recursive: true });
  }
});

test('what was acknowledged survives kill -9; meanwhile nobody else gets the store', {
  timeout: 30_000,
}, async () => {
  const path = await mkdtemp(join(tmpdir(), 'kubets-lmdb-'));
  const open = () => openLmdbStore({ path, clock: systemClock, log: silentLogger });
  const child = await runFixture('crash', [path]);
  try {
    const acknowledged = new Map<string, number>();
    for await (const line of createInterface({ input: child.stdout! })) {
      const [key, revision] = line.split(' ');
      // The last line may be cut short.
      if (revision && key) acknowledged.set(key, Number(revision));
      if (acknowledged.size === 500) {
        await expect(open()).rejects.toThrow(`the store is in use by process ${child.pid}`);
        child.kill('SIGKILL');
      }
    }
    const store = await open();
    const { entries } = await store.list(prefixRange('/registry/pods/'));
    const kept = new Map(entries.map((entry) => [entry.key, entry.modRevision]));
    expect([...acknowledged].filter(([key, revision]) => kept.get(key) !== revision)).toEqual([]);
    expect(entries.every((entry) => entry.value.length === 2_048)).toBe(true);
    expect(await store.revision()).toBe(1 + entries.length);
    await store.close();
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(path, { recursive: true });
  }
});
