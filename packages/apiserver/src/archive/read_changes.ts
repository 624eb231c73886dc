import { type Change, CompactedError, type Range, type Store } from '@kubets/storage';

/** Changes of `range` that the store keeps, oldest first, up to the revision at which the reading began. */
export async function* readChanges(store: Store, range: Range, signal: AbortSignal): AsyncGenerator<Change> {
  const until = await store.revision();
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  let after = 0;
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        for await (const { changes, revision } of store.watch(range, after, stop.signal)) {
          for (const change of changes) {
            if (change.revision > until) return;
            yield change;
            after = change.revision;
          }
          if (revision >= until) return;
        }
        return;
      } catch (error) {
        // The oldest that is kept is learned by asking for more.
        if (!(error instanceof CompactedError)) throw error;
        after = Math.max(after, error.compactedRevision);
        if (after >= until) return;
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop.abort();
  }
}
