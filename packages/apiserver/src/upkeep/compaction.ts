import type { Ms } from '@kubets/base';
import type { Revision } from '@kubets/storage';
import type { Task, UpkeepContext } from './upkeep.ts';

const everyMs = 5 * 60_000;

/**
 * Forgets what is older than the time that history is kept at least, for lists that go on, watches that come back and
 * people who look back. Several servers do it at once without harm.
 */
export function compaction({ server: { store, cache, clock, limits } }: UpkeepContext): Task {
  /** Where the store stood, oldest first: one for each round of the time that is kept, and one before it. */
  const marks: { timeMs: Ms; revision: Revision }[] = [];
  let readAt: Ms | undefined;
  let elapsedMs: Ms = 0;
  return {
    name: 'compaction',
    everyMs,
    async run() {
      const now = clock.now();
      elapsedMs += elapsed(now - (readAt ?? now));
      readAt = now;
      marks.push({ timeMs: elapsedMs, revision: await store.revision() });
      const old = marks.filter(({ timeMs }) => elapsedMs - timeMs >= limits.historyMs);
      const before = old.at(-1);
      if (!before) return;
      await store.compact(before.revision);
      cache.compactedRevision = before.revision;
      marks.splice(0, old.length);
    },
  };
}

/** Between two rounds, also where the clock was set meanwhile: history must neither go at once nor stay for ever. */
function elapsed(byClock: Ms): Ms {
  return byClock < 0 || byClock > 2 * everyMs ? everyMs : byClock;
}
