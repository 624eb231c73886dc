import type { PathElement } from './path_element.ts';

export interface MergedItem {
  element: PathElement;
  /** Set for an item that only the live list has. */
  liveIndex?: number;
}

/**
 * The order of a merged associative list: applied items in their order; items that only the live list has stay
 * between the shared items that they stood between (structured-merge-diff, "list ordering"). Elements of
 * `applied` are distinct; those of `live` need not be.
 */
export function mergeOrder(live: readonly PathElement[], applied: readonly PathElement[]): MergedItem[] {
  const inLive = new Set(live);
  const inApplied = new Set(applied);
  const shared = applied.filter((element) => inLive.has(element));
  const done = new Set<PathElement>();
  const order: MergedItem[] = [];
  let nextShared = 0;
  let l = 0;
  let r = 0;
  while (l < live.length || r < applied.length) {
    if (l < live.length && r < applied.length) {
      if (live[l] === applied[r]) {
        order.push({ element: live[l]! });
        done.add(live[l]!);
        l++;
        r++;
        nextShared++;
        continue;
      }
      if (nextShared < shared.length && inApplied.has(live[l]!) && shared[nextShared] !== live[l]) {
        // Shared, but another shared item comes first; it is taken from the applied list.
        l++;
        continue;
      }
    }
    if (l < live.length) {
      if (!inApplied.has(live[l]!)) {
        order.push({ element: live[l]!, liveIndex: l });
        l++;
        continue;
      }
      if (done.has(live[l]!)) l++;
    }
    if (r < applied.length) {
      const element = applied[r]!;
      order.push({ element });
      done.add(element);
      r++;
      if (shared[nextShared] === element) nextShared++;
    }
  }
  return order;
}
