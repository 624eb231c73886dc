import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type * as fs from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openLmdbStore } from './lmdb_store.ts';
import { buildFixture, runFixture } from './run_fixture.ts';

let beforeRename = () => {};
let freeBytes: number | undefined;
let denied: string | undefined;
let maintenance: typeof import('./maintenance.ts');
beforeAll(async () => {
  const real = await vi.importActual<typeof fs>('node:fs');
  vi.resetModules();
  vi.doMock('node:fs', () => ({
    ...real,
    renameSync(from: string, to: string) {
      beforeRename();
      real.renameSync(from, to);
    },
    statfsSync(path: string) {
      const disk = real.statfsSync(path);
      return freeBytes === undefined ? disk : { ...disk, bavail: Math.floor(freeBytes / disk.bsize) };
    },
    accessSync(path: string, mode: number) {
      if (path === denied) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      real.accessSync(path, mode);
    },
  }));
  maintenance = await import('./maintenance.ts');
});
afterAll(() => {
  vi.doUnmock('node:fs');
  vi.resetModules();
});

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'kubets-maintenance-'));
});
afterEach(async () => {
  beforeRename = () => {};
  freeBytes = undefined;
  denied = undefined;
  await rm(path, { recursive: true });
});

const options = { clock: systemClock, log: silentLogger };
const timeout = { timeout: 30_000 };

async function fill() {
  const store = await openLmdbStore({ path, ...options });
  await store.commit({ key: '/registry/pods/a', expect: 'absent', value: new Uint8Array(2_000) });
  await store.close();
}

test('until defrag has put its copy in the place of the store, nobody gets the store', timeout, async () => {
  await fill();
  const writer = await buildFixture('crash');
  const told: string[] = [];
  beforeRename = () => {
    // One that gets it writes until it is killed.
    const { stderr } = spawnSync(process.execPath, [writer, path], {
      timeout: 10_000,
      killSignal: 'SIGKILL',
    });
    told.push(String(stderr));
  };
  await maintenance.defragStore(path);
  expect(told).toEqual([expect.stringContaining(`the store is in use by process ${process.pid}`)]);
  expect((await readdir(path)).sort()).toEqual(['data.mdb', 'journal', 'lock.mdb']);
  const store = await openLmdbStore({ path, ...options });
  expect(await store.revision()).toBe(2);
  await store.close();
});

test(
  'a copy that the disk has no room for is not begun, nor one that takes the reserve of a server',
  timeout,
  async () => {
    await fill();
    freeBytes = 4_096;
    await expect(maintenance.defragStore(path)).rejects.toThrow(
      `defrag needs room for a copy beside the store in ${path}: 1 MiB; 0 MiB are free`,
    );
    freeBytes = 2 ** 20;
    await maintenance.defragStore(path);
    const server = await runFixture('crash', [path]);
    try {
      await once(server.stdout!, 'data');
      server.stdout!.resume();
      await expect(maintenance.verifyStore(path)).rejects.toThrow(
        /^verify needs room .* 3\d MiB; 1 MiB are free$/,
      );
      freeBytes = undefined;
      expect((await maintenance.verifyStore(path)).problems).toEqual([]);
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  },
);

test('a store that this user may not read is told from one that is not there', timeout, async () => {
  await fill();
  for (denied of [path, join(path, 'data.mdb')]) {
    const refusal = `the store in ${path} cannot be read by this user: EACCES: permission denied`;
    await expect(maintenance.verifyStore(path)).rejects.toThrow(refusal);
    await expect(maintenance.defragStore(path)).rejects.toThrow(refusal.replace('read', 'written'));
    await expect(maintenance.compactStore({ path, ...options })).rejects.toThrow(
      refusal.replace('read', 'written'),
    );
  }
  await expect(maintenance.verifyStore(join(path, 'none'))).rejects.toThrow(
    `no store in ${join(path, 'none')}`,
  );
});
