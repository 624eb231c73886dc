import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import { CompactedError, memoryStore, prefixRange } from '@kubets/storage';
import { openLmdbStore } from '@kubets/storage/lmdb/index.ts';
import { decodeFrames, encodeFrame, saveStore, snapshotMagic } from '@kubets/storage/snapshot/index.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClusterConfig } from '../cluster/config.ts';
import { type ClusterPaths, clusterPaths } from '../cluster/paths.ts';
import { restoreCluster } from './restore_cluster.ts';

let paths: ClusterPaths;
beforeEach(() => {
  vi.stubEnv('KUBETS_STATE_DIR', mkdtempSync(join(tmpdir(), 'kubets-restore-')));
  paths = clusterPaths('dev');
});
afterEach(() => {
  rmSync(process.env.KUBETS_STATE_DIR!, { recursive: true });
  vi.unstubAllEnvs();
});

const config = { form: 1, name: 'dev', fakeNodes: 1 } as ClusterConfig;
const text = (value: string) => new TextEncoder().encode(value);

function frames(end?: number) {
  async function* chunks() {
    const store = memoryStore();
    for (const name of ['a', 'b']) {
      await store.commit({ key: `/registry/pods/${name}`, expect: 'absent', value: text(name) });
    }
    const all = [
      snapshotMagic,
      encodeFrame({ type: 'file', path: 'pki/ca.key', mode: 0o600, bytes: text('key') }),
    ];
    for await (const chunk of saveStore(store, { takenAt: '2030-01-01T00:00:00Z' })) all.push(chunk);
    yield Buffer.concat(all).subarray(0, end);
  }
  return decodeFrames(chunks());
}

const open = () => openLmdbStore({ path: paths.store, clock: systemClock, log: silentLogger });
const restore = (stop?: () => Promise<void>, given = frames()) =>
  restoreCluster({ frames: given, paths, newConfig: async () => config, stop });

/** Writes on in the cluster's store; resolves to its revision. */
async function goOn(writes: number): Promise<number> {
  const store = await open();
  for (let index = 0; index < writes; index++) {
    await store.commit({ key: `/registry/later/${index}`, expect: 'absent', value: text('later') });
  }
  const revision = await store.revision();
  await store.close();
  return revision;
}

async function watchAfter(revision: number): Promise<unknown> {
  const store = await open();
  try {
    for await (const batch of store.watch(prefixRange('/registry/'), revision, AbortSignal.timeout(5_000))) {
      return batch;
    }
    return undefined;
  } finally {
    await store.close();
  }
}

describe('a restored cluster', () => {
  test('tells who has seen all of the old store to list again', async () => {
    await restore();
    const seen = await goOn(5);
    const { revision } = await restore();
    expect(revision).toBeGreaterThan(seen);
    // What was written after the snapshot has gone, which no later change would tell.
    await expect(watchAfter(seen)).rejects.toThrow(CompactedError);
  });

  test('is stopped when its new store is complete, and not for a snapshot that is cut short', async () => {
    await restore();
    const stop = vi.fn(async () => {
      expect(existsSync(join(`${paths.store}.restored`, 'data.mdb'))).toBe(true);
    });
    await expect(restore(stop, frames(-1))).rejects.toThrow('cut short');
    expect(stop).not.toHaveBeenCalled();
    expect(existsSync(`${paths.store}.restored`)).toBe(false);
    await restore(stop);
    expect(stop).toHaveBeenCalledOnce();
    expect(readFileSync(join(paths.pki, 'ca.key'), 'utf8')).toBe('key');
  });

  test('does not go back where a restore was killed between two renames', async () => {
    await restore();
    const store = await open();
    let expected: number | 'absent' = 'absent';
    for (let index = 0; index < 20; index++) {
      const result = await store.commit({ key: '/registry/x', expect: expected, value: text(`${index}`) });
      expected = result.ok ? result.revision : 'absent';
    }
    const seen = await store.revision();
    await store.close();
    const old = `${paths.store}.before-restore`;
    rmSync(old, { recursive: true, force: true });
    renameSync(paths.store, old);
    const { revision } = await restore();
    expect(revision).toBe(seen + 2);
    // The only copy of what was there before stays.
    expect(existsSync(join(old, 'data.mdb'))).toBe(true);
  });
});
