import type { Clock, Ms } from '@kubets/base';
import { prefixRange, type Store } from '@kubets/storage';
import type { ChangeEvent } from './change_event.ts';
import type { History } from './history.ts';

/** So far back the store is asked; who was away for longer is better off with a list. */
const maxRevisions = 10_000;
const maxBytes = 32 * 1024 * 1024;
const timeoutMs: Ms = 3_000;

const recalling = new WeakMap<History, Promise<boolean>>();

/**
 * Brings back what the store still knows and `history` doesn't, which was loaded later: clients of a server that was
 * started again go on with their watches. Resolves once `history` has everything after `revision`, or it is not to
 * be had.
 */
export async function recallChanges(
  { store, clock }: { store: Store; clock: Clock },
  history: History,
  revision: number,
): Promise<void> {
  // One after the other: many ask at once after a start, and most find that another has asked for theirs.
  while (revision < history.oldestRevision) {
    const before = recalling.get(history);
    if (before) {
      await before;
      continue;
    }
    const asking = recall(store, clock, history, revision).finally(() => recalling.delete(history));
    recalling.set(history, asking);
    if (!(await asking)) return;
  }
}

async function recall(store: Store, clock: Clock, history: History, after: number): Promise<boolean> {
  const end = history.oldestRevision;
  if (end - after > maxRevisions) return false;
  const controller = new AbortController();
  const cancel = clock.after(timeoutMs, () => controller.abort());
  const events: ChangeEvent[] = [];
  let bytes = 0;
  try {
    const range = prefixRange(history.prefix);
    for await (const { changes, revision } of store.watch(range, after, controller.signal)) {
      for (const change of changes) {
        if (change.revision > end) break;
        bytes += change.value.length;
        const event = bytes <= maxBytes ? history.eventOf(change) : undefined;
        if (!event) return false;
        events.push(event);
      }
      if (revision >= end) return history.recall(events, { after, end });
    }
    return false;
  } catch {
    // Compacted, or not to be read now: the client lists, and is told what is wrong if something is.
    return false;
  } finally {
    cancel();
    controller.abort();
  }
}
