import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, errorMessage, type Logger, rfc3339 } from '@kubets/base';
import { nextTime } from '@kubets/controllers/cronjob/next_time.ts';
import { readCronSchedule } from '@kubets/resources';
import type { Store } from '@kubets/storage';
import { saveStore } from '@kubets/storage/snapshot/index.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { listSnapshotFiles, snapshotSuffix, writeSnapshotFile } from './snapshot_file.ts';
import { snapshotOf } from './snapshot_source.ts';

const scheduledPrefix = 'scheduled-';
const localZone = { offsetAt: (ms: number) => -new Date(ms).getTimezoneOffset() * 60_000 };

/** Takes snapshots by the clock and keeps the newest of them; those that a person took are never removed. */
export function scheduledSnapshots(options: {
  paths: ClusterPaths;
  config: ClusterConfig;
  store: Store;
  log: Logger;
}): Component {
  const { paths, config, store, log } = options;
  const { schedule, retention } = config.scheduledSnapshots!;
  const times = readCronSchedule(schedule);
  const take = async () => {
    const takenAt = rfc3339(Date.now());
    const name = `${scheduledPrefix}${takenAt.replace(/[-:]/g, '')}${snapshotSuffix}`;
    const file = join(paths.snapshots, name);
    await writeSnapshotFile(file, snapshotOf(paths, config, saveStore(store, { takenAt })));
    log.info('snapshot taken', { file });
    const own = listSnapshotFiles(paths.snapshots).filter((each) => each.includes(`/${scheduledPrefix}`));
    for (const old of own.slice(0, Math.max(0, own.length - retention))) rmSync(old, { force: true });
  };
  return {
    name: 'scheduled snapshots',
    async run(signal) {
      while (!signal.aborted) {
        const next = nextTime(times, Date.now(), localZone);
        await sleepUntil(next, signal);
        if (signal.aborted) return;
        await take().catch((error) => log.error('snapshot failed', { error: errorMessage(error) }));
      }
    },
  };
}

/** Timers hold 24 days at most, and a clock may be set meanwhile: looks again each minute. */
async function sleepUntil(time: number | undefined, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (time === undefined || Date.now() < time)) {
    const ms = Math.min(60_000, time === undefined ? 60_000 : Math.max(1, time - Date.now()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
