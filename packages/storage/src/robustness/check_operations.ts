import type { History, Operation, SeenChange, SeenEntry } from './history.ts';
import { checkLinearizable, type SequentialModel } from './linearizability.ts';

/** What one key may look like: each operation is about one key, so that keys are searched apart (Herlihy and Wing: locality). */
interface KeyState {
  readonly entry: SeenEntry | undefined;
  /** Of the newest change, deletions too. */
  readonly revision: number;
}

/** An operation whose outcome is unknown, with the change that it made if it made one. */
type Resolved = Operation & { readonly made?: SeenChange };

const keyModel: SequentialModel<Resolved, KeyState> = {
  initial: { entry: undefined, revision: 0 },
  step(state, { write, outcome, made }) {
    const { entry } = state;
    if (outcome.type === 'read') return sameEntry(outcome.entry, entry) ? [state] : [];
    if (!write) return [state];
    const holds = (entry?.modRevision ?? 'absent') === write.expect;
    const after = (revision: number): KeyState => ({
      revision,
      entry:
        write.value === null
          ? undefined
          : { value: write.value, createRevision: entry?.createRevision ?? revision, modRevision: revision },
    });
    if (outcome.type === 'refused') return !holds && sameEntry(outcome.current, entry) ? [state] : [];
    if (outcome.type === 'unknown') {
      return holds && made && made.revision > state.revision ? [after(made.revision), state] : [state];
    }
    if (!holds) return [];
    // Deleting what is expected to be absent changes nothing.
    if (write.value === null && !entry) return [state];
    return outcome.revision > state.revision ? [after(outcome.revision)] : [];
  },
  keyOf: ({ entry, revision }) => `${revision}:${entry ? entry.value : ''}`,
};

/** Reads and writes of single keys: linearizable, and their revisions one order that agrees with real time. */
export function checkOperations({ operations, changes }: Pick<History, 'operations' | 'changes'>): string[] {
  const violations: string[] = [];
  const byKey = new Map<string, Resolved[]>();
  for (const operation of resolve(operations, changes)) {
    const own = byKey.get(operation.key);
    if (own) own.push(operation);
    else byKey.set(operation.key, [operation]);
  }
  for (const [key, own] of byKey) {
    const verdict = checkLinearizable(own, keyModel);
    if (verdict.ok === true) continue;
    if (verdict.ok === 'undecided') violations.push(`linearizability of ${key}: undecided`);
    else {
      violations.push(
        `not linearizable: ${key}: after ${describe(verdict.order.at(-1))}, none of ${verdict.stuck.map(describe).join('; ')}`,
      );
    }
  }
  return [...violations, ...checkRevisionOrder(operations, changes)];
}

/** Finds what became of writes whose answer never came; those that changed nothing are left out. */
function resolve(operations: readonly Operation[], changes: readonly SeenChange[]): Resolved[] {
  const puts = new Map<string, SeenChange>();
  const deletes = new Map<string, SeenChange>();
  const newest = new Map<string, number>();
  for (const change of changes) {
    if (change.type === 'put') puts.set(`${change.key} ${change.value}`, change);
    else deletes.set(`${change.key} ${newest.get(change.key)}`, change);
    newest.set(change.key, change.revision);
  }
  return operations.flatMap((operation): Resolved[] => {
    if (operation.outcome.type !== 'unknown') return [operation];
    const { key, write } = operation;
    if (!write) return [];
    const made =
      write.value === null ? deletes.get(`${key} ${write.expect}`) : puts.get(`${key} ${write.value}`);
    return made ? [{ ...operation, made }] : [];
  });
}

/** Each revision is one write's; what was acknowledged is in the history as it was written; later calls get later ones. */
function checkRevisionOrder(operations: readonly Operation[], changes: readonly SeenChange[]): string[] {
  const violations: string[] = [];
  const first = changes[0]?.revision ?? Number.POSITIVE_INFINITY;
  const byRevision = new Map(changes.map((change) => [change.revision, change]));
  const writers = new Map<number, Operation>();
  const written = operations.filter((operation) => operation.outcome.type === 'written');
  for (const operation of written) {
    const { revision } = operation.outcome as { revision: number };
    const { key, write } = operation;
    const change = byRevision.get(revision);
    // Deleting what was absent answers with a revision that is not its own.
    if (write!.value === null && write!.expect === 'absent') continue;
    if (writers.has(revision)) violations.push(`revision ${revision} was given to two writes`);
    writers.set(revision, operation);
    if (revision < first) continue;
    const expected = write!.value === null ? 'delete' : 'put';
    if (!change || change.key !== key || change.type !== expected || change.value !== (write!.value ?? '')) {
      violations.push(`lost: ${describe(operation)} is not in the history`);
    }
  }
  const byCall = [...writers].sort(([, a], [, b]) => a.calledAt - b.calledAt);
  const byReturn = [...writers].sort(([, a], [, b]) => a.returnedAt - b.returnedAt);
  let highest = 0;
  let next = 0;
  for (const [revision, operation] of byCall) {
    while (next < byReturn.length && byReturn[next]![1].returnedAt < operation.calledAt) {
      highest = Math.max(highest, byReturn[next++]![0]);
    }
    if (revision <= highest) {
      violations.push(`back in time: ${describe(operation)}, after ${highest} was acknowledged`);
    }
  }
  return violations;
}

function sameEntry(a: SeenEntry | undefined, b: SeenEntry | undefined): boolean {
  return (
    a?.value === b?.value && a?.modRevision === b?.modRevision && a?.createRevision === b?.createRevision
  );
}

function describe(operation: Operation | undefined): string {
  if (!operation) return 'the beginning';
  const { client, key, write, outcome } = operation;
  const what = write
    ? `${write.value === null ? 'delete' : `put ${write.value}`} over ${write.expect}`
    : 'get';
  const answer =
    outcome.type === 'written'
      ? `at ${outcome.revision}`
      : outcome.type === 'unknown'
        ? 'unknown'
        : `${outcome.type} ${entryText(outcome.type === 'read' ? outcome.entry : outcome.current)}`;
  return `client ${client}: ${what} of ${key} -> ${answer}`;
}

function entryText(entry: SeenEntry | undefined): string {
  return entry ? `${entry.value}@${entry.modRevision}` : 'absent';
}
