// What etcd promises of watches (its API guarantees, and what its robustness suite checks), one function each.
import type { SeenChange, SeenWatch } from './history.ts';

export interface WatchGuarantee {
  name: string;
  /** Why `watch` breaks it, given every change there was; undefined: it doesn't. */
  violation(watch: SeenWatch, changes: readonly SeenChange[]): string | undefined;
}

export const watchGuarantees: readonly WatchGuarantee[] = [
  {
    name: 'ordered',
    violation: ({ batches }) =>
      firstOf(pairs(batches.flatMap((batch) => batch.changes)), ([one, next]) =>
        next.revision < one.revision ? `${next.revision} after ${one.revision}` : undefined,
      ),
  },
  {
    name: 'unique',
    violation({ batches }) {
      const seen = new Set<string>();
      return firstOf(
        batches.flatMap((batch) => batch.changes),
        ({ revision, key }) => {
          const id = `${revision} of ${key}`;
          if (seen.has(id)) return `${id} twice`;
          seen.add(id);
          return undefined;
        },
      );
    },
  },
  {
    name: 'atomic',
    violation: ({ batches }) =>
      firstOf(pairs(batches.filter(({ changes }) => changes.length > 0)), ([one, next]) => {
        const { revision } = one.changes.at(-1)!;
        return next.changes[0]!.revision === revision ? `${revision} in two batches` : undefined;
      }),
  },
  {
    name: 'resumable',
    violation(watch, changes) {
      const first = watch.batches.flatMap((batch) => batch.changes)[0];
      if (!first) return undefined;
      const expected = within(watch, changes)[0];
      return expected?.revision === first.revision
        ? undefined
        : `after ${watch.after} came ${first.revision} first, not ${expected?.revision}`;
    },
  },
  {
    name: 'reliable',
    violation(watch, changes) {
      const seen = watch.batches.flatMap((batch) => batch.changes);
      const expected = within(watch, changes).slice(0, seen.length);
      return firstOf(seen, (change, index) => {
        const truth = expected[index];
        if (truth && sameChange(truth, change)) return undefined;
        return `saw ${describe(change)} where ${truth ? describe(truth) : 'nothing'} happened`;
      });
    },
  },
  {
    name: 'bookmarkable',
    violation(watch, changes) {
      const seen: SeenChange[] = [];
      const expected = within(watch, changes);
      return firstOf(watch.batches, (batch, index) => {
        const before = index === 0 ? watch.after : watch.batches[index - 1]!.revision;
        if (batch.revision < before) return `${batch.revision} is told after ${before}`;
        if (index > 0 && (batch.changes[0]?.revision ?? Number.POSITIVE_INFINITY) <= before) {
          return `${batch.changes[0]!.revision} comes after ${before} was told`;
        }
        seen.push(...batch.changes);
        const due = expected.findIndex((change) => change.revision > batch.revision);
        const count = due < 0 ? expected.length : due;
        return count === seen.length
          ? undefined
          : `${batch.revision} is told with ${seen.length} of ${count} changes`;
      });
    },
  },
  {
    name: 'previous',
    violation(watch, changes) {
      const before = new Map<number, string | undefined>();
      const newest = new Map<string, string | undefined>();
      for (const { key, type, value, revision } of changes) {
        before.set(revision, newest.get(key));
        newest.set(key, type === 'put' ? `${value}@${revision}` : undefined);
      }
      return firstOf(
        watch.batches.flatMap((batch) => batch.changes),
        // What is compacted is not told; what is told is true.
        ({ revision, previous }) =>
          previous === undefined || previous === before.get(revision)
            ? undefined
            : `${revision} says that ${previous} was there before, not ${before.get(revision)}`,
      );
    },
  },
  {
    name: 'told that it fell behind',
    violation({ after, batches, compactedRevision }) {
      const reached = batches.at(-1)?.revision ?? after;
      // A change at the compacted revision is still to be had.
      return compactedRevision !== undefined && compactedRevision <= reached + 1
        ? `at ${reached} it was told that history before ${compactedRevision} is gone`
        : undefined;
    },
  },
];

export function checkWatches(watches: readonly SeenWatch[], changes: readonly SeenChange[]): string[] {
  return watches.flatMap((watch) =>
    watchGuarantees.flatMap(({ name, violation }) => {
      const found = violation(watch, changes);
      return found ? [`watch of ${watch.range.start} after ${watch.after} is not ${name}: ${found}`] : [];
    }),
  );
}

/** What the watch should see, were it to go on for ever. */
function within({ range, after }: SeenWatch, changes: readonly SeenChange[]): SeenChange[] {
  return changes.filter(({ key, revision }) => revision > after && key >= range.start && key < range.end);
}

function sameChange(a: SeenChange, b: SeenChange): boolean {
  return (
    a.type === b.type &&
    a.key === b.key &&
    a.value === b.value &&
    a.revision === b.revision &&
    a.createRevision === b.createRevision
  );
}

function describe({ type, key, value, revision }: SeenChange): string {
  return `${type} ${value} of ${key} at ${revision}`;
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.slice(1).map((item, index) => [items[index]!, item]);
}

function firstOf<T>(items: readonly T[], find: (item: T, index: number) => string | undefined) {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
