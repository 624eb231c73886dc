import { checkLists } from './check_lists.ts';
import { checkOperations } from './check_operations.ts';
import { checkWatches } from './check_watches.ts';
import type { History } from './history.ts';

/** Everything that the history shows the store to have broken; empty: nothing. */
export function checkHistory(history: History): string[] {
  const violations = [
    ...checkOperations(history),
    ...checkLists(history),
    ...checkWatches(history.watches, history.changes),
  ];
  const last = history.changes.at(-1)?.revision ?? 0;
  const count = history.changes.length;
  const first = history.changes[0]?.revision ?? 0;
  if (count > 0 && last - first + 1 !== count) {
    violations.push(`${last - first + 1} revisions from ${first} to ${last}, but ${count} changes`);
  }
  return violations;
}
