import type { Task, UpkeepContext } from './upkeep.ts';

/** History is kept this long at least, for lists that go on and watches that come back. */
const everyMs = 5 * 60_000;

/** Forgets what is older than two rounds. Several servers do it at once without harm. */
export function compaction({ server: { store, cache } }: UpkeepContext): Task {
  let before: number | undefined;
  return {
    name: 'compaction',
    everyMs,
    async run() {
      if (before !== undefined) {
        await store.compact(before);
        cache.compactedRevision = before;
      }
      before = await store.revision();
    },
  };
}
