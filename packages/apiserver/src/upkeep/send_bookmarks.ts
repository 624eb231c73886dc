import { bookmarkEvent } from '../verbs/watch.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

/** Tells quiet watches how far they have come, so that they can resume there (KEP-956). */
export function sendBookmarks({ server: { cache } }: UpkeepContext): Task {
  return {
    name: 'bookmarks',
    everyMs: 60_000,
    async run() {
      const { revision } = cache;
      for (const history of cache.histories())
        if (history.watcherCount > 0) history.bookmark(bookmarkEvent(history.head, revision), revision);
    },
  };
}
