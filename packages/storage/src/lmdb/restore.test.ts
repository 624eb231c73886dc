import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import { expect, test } from 'vitest';
import { memoryStore } from '../memory_store.ts';
import { decodeFrames, saveStore, snapshotMagic } from '../snapshot/index.ts';
import { CompactedError } from '../store.ts';
import { openLmdbStore } from './index.ts';
import { restoreLmdbStore } from './restore.ts';

test('a restored store keeps the revisions of entries and goes on past those that clients have seen', async () => {
  const source = memoryStore();
  const value = new TextEncoder().encode('{}');
  for (let index = 0; index < 2_500; index++) {
    await source.commit({ key: `/registry/a/${index % 1_500}`, expect: 'absent', value });
    await source.commit({ key: `/registry/b/${index}`, expect: 'absent', value });
  }
  const before = await source.get('/registry/a/7');
  const folder = mkdtempSync(join(tmpdir(), 'kubets-restore-'));
  try {
    async function* snapshot() {
      yield snapshotMagic;
      yield* saveStore(source, { takenAt: '2030-01-01T00:00:00Z' });
    }
    const path = join(folder, 'store');
    const result = await restoreLmdbStore(decodeFrames(snapshot()), {
      path,
      revisionAfter: (revision) => revision + 1_000,
    });
    expect(result).toEqual({ entries: 4_000, revision: (await source.revision()) + 1_000 });
    const store = await openLmdbStore({ path, clock: systemClock, log: silentLogger });
    expect(await store.revision()).toBe(result.revision);
    const restored = (await store.get('/registry/a/7'))!;
    expect({ ...restored, value: new Uint8Array(restored.value) }).toEqual(before);
    expect((await store.list({ start: '/registry/', end: '/registry0' })).entries).toHaveLength(4_000);
    await expect(store.get('/registry/a/7', before!.modRevision)).rejects.toThrow(CompactedError);
    const next = await store.commit({ key: '/registry/a/7', expect: before!.modRevision, value: null });
    expect(next).toEqual({ ok: true, revision: result.revision + 1 });
    await store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
