import type { KubeObject } from '@kubets/api';
import { endOfPrefix } from '../cache/history.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

/**
 * Removes objects of kinds that don't last (events): no store needs to know of time. One after the other, so that a
 * flood of events doesn't become a flood of deletes; but all of them, or what lasts an hour would grow for ever.
 */
export function expireObjects({ server }: UpkeepContext): Task {
  const { cache, clock, store } = server;
  return {
    name: 'expiry',
    everyMs: 60_000,
    async run(signal) {
      for (const history of cache.histories()) {
        const { ttlSeconds } = history.resource;
        if (!ttlSeconds) continue;
        const before = clock.now() - ttlSeconds * 1000;
        for (const stored of history.range(history.prefix, endOfPrefix(history.prefix))) {
          if (lastChangeMs(stored.object) >= before) continue;
          if (signal.aborted) return;
          await store.commit({ key: stored.key, expect: stored.revision, value: null });
        }
      }
    },
  };
}

// An event that was counted again has been written again.
function lastChangeMs(object: KubeObject): number {
  const { metadata, lastTimestamp, eventTime, series } = object as any;
  const times = [metadata.creationTimestamp, lastTimestamp, eventTime, series?.lastObservedTime];
  return Math.max(...times.map((time) => (time ? Date.parse(time) : 0)));
}
