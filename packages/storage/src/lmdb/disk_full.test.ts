import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { runFixture } from './run_fixture.ts';

const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0;

test.skipIf(!mayMount).each([
  { name: 'before it is full, values are refused; what makes room goes on', reserveMb: 4, diskMb: 24 },
  { name: 'a full disk refuses writes and loses none', reserveMb: 0, diskMb: 24 },
  {
    name: 'before it is full: the same with a journal, for which there is room here',
    reserveMb: 4,
    diskMb: 72,
  },
  { name: 'a full disk: the same with a journal', reserveMb: 0, diskMb: 72 },
])('$name', async ({ reserveMb, diskMb }) => {
  const path = await mkdtemp(join(tmpdir(), 'kubets-full-'));
  try {
    // The mount goes with the process.
    const mount = `mount -t tmpfs -o size=${diskMb}m tmpfs ${path} && exec "$0" "$@"`;
    const args = [path, String(reserveMb * 1024 * 1024)];
    const child = await runFixture('disk_full', args, ['unshare', '-m', 'sh', '-c', mount]);
    const report = JSON.parse(await text(child.stdout!));
    expect(report.filled).toBeGreaterThan(100);
    expect(report).toMatchObject({
      failure: 'NoSpaceError: database space exceeded',
      alarm: [expect.stringMatching(/^NOSPACE: .* MiB left for .*; writes are refused$/)],
      read: report.filled,
      watched: expect.any(Number),
      undeleted: 0,
      compacted: true,
      after: true,
      alarmAfter: [],
      missing: [],
      extra: [],
    });
  } finally {
    await rm(path, { recursive: true });
  }
});
