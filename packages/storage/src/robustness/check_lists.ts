import type { History, ListOperation, SeenChange } from './history.ts';

/** Each list is the state at its revision; one that asks for no revision is at least as new as what was acknowledged. */
export function checkLists({ operations, lists, changes }: History): string[] {
  const violations: string[] = [];
  const acknowledged = operations
    .flatMap(({ outcome, returnedAt }) =>
      outcome.type === 'written' ? [{ revision: outcome.revision, at: returnedAt }] : [],
    )
    .concat(
      lists.flatMap(({ at, revision, returnedAt }) =>
        at === undefined ? [{ revision, at: returnedAt }] : [],
      ),
    )
    .sort((a, b) => a.at - b.at);
  let highest = 0;
  let next = 0;
  for (const list of [...lists].sort((a, b) => a.calledAt - b.calledAt)) {
    while (next < acknowledged.length && acknowledged[next]!.at < list.calledAt) {
      highest = Math.max(highest, acknowledged[next++]!.revision);
    }
    if (list.at !== undefined && list.at !== list.revision) {
      violations.push(`a list at ${list.at} answered with ${list.revision}`);
    }
    if (list.at === undefined && list.revision < highest) {
      violations.push(`stale: a list answered with ${list.revision} after ${highest} was acknowledged`);
    }
    const truth = stateAt(changes, list);
    const seen = list.entries.map(entryText).join();
    if (truth !== seen) violations.push(`a list at ${list.revision} saw ${seen}, not ${truth}`);
  }
  return violations;
}

function stateAt(changes: readonly SeenChange[], { range, revision }: ListOperation): string {
  const state = new Map<string, SeenChange>();
  for (const change of changes) {
    if (change.revision > revision) break;
    if (change.key < range.start || change.key >= range.end) continue;
    if (change.type === 'put') state.set(change.key, change);
    else state.delete(change.key);
  }
  return [...state.values()]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, value, createRevision, revision: modRevision }) =>
      entryText({ key, value, createRevision, modRevision }),
    )
    .join();
}

function entryText(entry: { key: string; value: string; createRevision: number; modRevision: number }) {
  return `${entry.key}=${entry.value}@${entry.createRevision}-${entry.modRevision}`;
}
