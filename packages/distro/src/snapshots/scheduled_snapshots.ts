import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Clock, type Component, errorMessage, type Logger, rfc3339 } from '@kubets/base';
import { nextTime } from '@kubets/controllers/cronjob/next_time.ts';
import { readCronSchedule } from '@kubets/resources';
import type { Store } from '@kubets/storage';
import { saveStore } from '@kubets/storage/snapshot/index.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { listSnapshotFiles, removePartials, snapshotSuffix, writeSnapshotFile } from './snapshot_file.ts';
import { snapshotOf } from './snapshot_source.ts';

/** A clock may be set while it is waited for: it is looked at again. */
const longestSleepMs = 60_000;
const scheduledPrefix = 'scheduled-';
const localZone = { offsetAt: (ms: number) => -new Date(ms).getTimezoneOffset() * 60_000 };

/** Takes snapshots by the clock and keeps the newest of them; those that a person took are never removed. */
export function scheduledSnapshots(options: {
  paths: ClusterPaths;
  config: ClusterConfig;
  store: Store;
  clock: Clock;
  log: Logger;
}): Component {
  const { paths, config, store, clock, log } = options;
  const { schedule, retention } = config.scheduledSnapshots!;
  const times = readCronSchedule(schedule);
  const take = async () => {
    const takenAt = rfc3339(clock.now());
    const name = `${scheduledPrefix}${takenAt.replace(/[-:]/g, '')}${snapshotSuffix}`;
    const file = join(paths.snapshots, name);
    await writeSnapshotFile(file, snapshotOf(paths, config, saveStore(store, { takenAt })));
    log.info('snapshot taken', { file });
    removePartials(paths.snapshots);
    for (const old of outdated(listSnapshotFiles(paths.snapshots), file, retention))
      rmSync(old, { force: true });
  };
  return {
    name: 'scheduled snapshots',
    async run(signal) {
      while (!signal.aborted) {
        const next = nextTime(times, clock.now(), localZone) ?? Number.POSITIVE_INFINITY;
        while (!signal.aborted && clock.now() < next) {
          await clock.sleep(Math.min(longestSleepMs, next - clock.now()), signal).catch(() => {});
        }
        if (signal.aborted) return;
        await take().catch((error) => log.error('snapshot failed', { error: errorMessage(error) }));
      }
    },
  };
}

/**
 * Scheduled snapshots that go, of the files of a folder in order of their names. The one just taken stays, also where
 * others have later names because the clock was wrong once.
 */
export function outdated(files: readonly string[], taken: string, retention: number): string[] {
  const others = files.filter((file) => basename(file).startsWith(scheduledPrefix) && file !== taken);
  return others.slice(0, Math.max(0, others.length - (retention - 1)));
}
