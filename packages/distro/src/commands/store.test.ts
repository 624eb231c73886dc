import { once } from 'node:events';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import { openLmdbStore } from '@kubets/storage/lmdb/index.ts';
import { runFixture } from '@kubets/storage/lmdb/run_fixture.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { store as command } from './store.ts';

const timeoutMs = 30_000;
let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'kubets-store-'));
});
afterEach(() => rmSync(path, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  try {
    return { code: await command.run([...args, '--path', path]), out };
  } finally {
    spy.mockRestore();
  }
}

async function fill() {
  const store = await openLmdbStore({ path, clock: systemClock, log: silentLogger });
  const value = new Uint8Array(2_000);
  let expect: number | 'absent' = 'absent';
  for (let i = 0; i < 300; i++) {
    expect = (await store.commit({ key: '/registry/pods/a', expect, value })).revision;
  }
  await store.close();
}

test(
  'verify, compact and defrag a store that nobody has open',
  async () => {
    await fill();
    const verified = await run('verify');
    expect(verified.code).toBe(0);
    expect(verified.out).toMatch(
      /^size +\d+\.\d MiB, \d+\.\d MiB of them in use\nrevision +301, history from 1, format 3\ncontents +1 objects, 300 changes\nno problems\n$/,
    );
    const compacted = await run('compact');
    expect(compacted.out).toMatch(
      /^before +\d\.\d MiB.*\nafter +.*, 0\.\d MiB of them in use; history begins at revision 301\n$/,
    );
    const defragged = await run('defrag');
    expect(defragged.out).toMatch(/^before +\d\.\d MiB.*\nafter +0\.\d MiB, .*\n$/);
    expect((await run('verify')).out).toContain('1 objects, 1 changes\nno problems');
  },
  timeoutMs,
);

test(
  'while a process has the store, verify reads a copy; the others refuse',
  async () => {
    const child = await runFixture('crash', [path]);
    try {
      await once(child.stdout!, 'data');
      child.stdout!.resume();
      const { code, out } = await run('verify');
      expect(out).toContain(`in use by process ${child.pid}: a copy was read`);
      expect(out).toContain('no problems');
      expect(code).toBe(0);
      for (const verb of ['compact', 'defrag']) {
        await expect(run(verb)).rejects.toThrow(
          `the store is in use by process ${child.pid}: end that one first with \`kill ${child.pid}\``,
        );
      }
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  },
  timeoutMs,
);

test(
  'what is wrong is told, and makes verify fail',
  async () => {
    await fill();
    truncateSync(join(path, 'data.mdb'), 400_000);
    const { code, out } = await run('verify');
    expect(code).toBe(1);
    expect(out).toMatch(/problem +the file is cut short/);
    await expect(run('compact')).rejects.toThrow('is damaged');
    rmSync(join(path, 'data.mdb'));
    await expect(run('verify')).rejects.toThrow(`no store in ${path}`);
    await expect(run('polish')).rejects.toThrow('usage: kubets store verify|compact|defrag');
  },
  timeoutMs,
);
