import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { runFixture } from './run_fixture.ts';

const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0;

test.skipIf(!mayMount)('a full disk refuses writes and loses none', async () => {
  const path = await mkdtemp(join(tmpdir(), 'kubets-full-'));
  try {
    const mount = `mount -t tmpfs -o size=24m tmpfs ${path} && exec "$0" "$@"`;
    const child = await runFixture('disk_full', [path], ['unshare', '-m', 'sh', '-c', mount]);
    const report = JSON.parse(await text(child.stdout!));
    expect(report).toMatchObject({
      failure: 'NoSpaceError: database space exceeded',
      missing: [],
      extra: [],
    });
    expect(report.acknowledged).toBeGreaterThan(100);
    expect(report).toMatchObject({ deleted: 10, compacted: true });
  } finally {
    await rm(path, { recursive: true });
  }
});
