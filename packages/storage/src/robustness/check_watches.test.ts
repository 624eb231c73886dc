import { describe, expect, test } from 'vitest';
import { checkLists } from './check_lists.ts';
import { checkWatches } from './check_watches.ts';
import type { SeenBatch, SeenChange, SeenWatch } from './history.ts';

const put = (key: string, value: string, revision: number, createRevision = revision): SeenChange => ({
  type: 'put',
  key,
  value,
  revision,
  createRevision,
});
const a2 = put('a', '1', 2);
const b3 = put('b', '1', 3);
const a4 = { ...put('a', '2', 4, 2), previous: '1@2' };
const b5: SeenChange = { type: 'delete', key: 'b', value: '', revision: 5, createRevision: 3 };
const a6 = put('a', '3', 6, 2);
const changes = [a2, b3, a4, b5, a6];

const watch = (after: number, batches: SeenBatch[], rest: Partial<SeenWatch> = {}): SeenWatch => ({
  range: { start: 'a', end: 'z' },
  after,
  batches,
  ...rest,
});
const batch = (revision: number, ...seen: SeenChange[]): SeenBatch => ({ revision, changes: seen });
const onlyA = { range: { start: 'a', end: 'b' } };

describe('watches that keep all promises', () => {
  const right: Record<string, SeenWatch> = {
    'one batch': watch(1, [batch(6, ...changes)]),
    'many batches': watch(
      1,
      changes.map((change) => batch(change.revision, change)),
    ),
    'progress between': watch(1, [batch(2, a2), batch(2), batch(4, b3, a4), batch(4)]),
    'of a part of the keys': watch(1, [batch(3, a2), batch(5, a4), batch(6, a6)], onlyA),
    resumed: watch(3, [batch(5, a4, b5)]),
    'of a later revision': watch(100, []),
    'fallen behind': watch(1, [batch(2, a2)], { compactedRevision: 5 }),
  };
  test.each(Object.entries(right))('%s', (_, each) => {
    expect(checkWatches([each], changes)).toEqual([]);
  });
});

describe('watches that break a promise', () => {
  const wrong: [string, string, SeenWatch][] = [
    ['ordered', 'events of the past after newer ones', watch(1, [batch(4, a2, a4, b3)])],
    ['unique', 'an event twice', watch(1, [batch(2, a2), batch(3, a2, b3)])],
    ['atomic', 'a revision in two batches', watch(1, [batch(2, a2), batch(2, a2)])],
    ['reliable', 'a missing event', watch(1, [batch(4, a2, a4)])],
    ['reliable', 'a missing deletion (etcd #18089)', watch(1, [batch(6, a2, b3, a4, a6)])],
    ['reliable', 'an event that never happened', watch(1, [batch(2, a2), batch(3, put('b', 'x', 3))])],
    ['reliable', 'a wrong create revision', watch(3, [batch(4, { ...a4, createRevision: 4 })])],
    ['reliable', 'an event of other keys', watch(1, [batch(3, a2, b3)], onlyA)],
    ['resumable', 'a gap at the beginning', watch(2, [batch(4, a4)])],
    ['resumable', 'what was before the beginning (etcd #15271)', watch(3, [batch(3, b3)])],
    ['bookmarkable', 'progress past what was delivered', watch(1, [batch(2, a2), batch(4)])],
    ['bookmarkable', 'progress that goes back (etcd #15271)', watch(1, [batch(4, a2, b3, a4), batch(3)])],
    [
      'bookmarkable',
      'an event after progress told of it (etcd #15220)',
      watch(3, [batch(5), batch(5, a4, b5)]),
    ],
    ['previous', 'another value before', watch(3, [batch(4, { ...a4, previous: '9@2' })])],
    [
      'told that it fell behind',
      'an end without need',
      watch(1, [batch(4, a2, b3, a4)], { compactedRevision: 5 }),
    ],
  ];
  test.each(wrong)('%s: %s', (name, _, each) => {
    const violations = checkWatches([each], changes);
    expect(violations.join('\n')).toContain(`is not ${name}:`);
  });
});

describe('lists', () => {
  const entries = [{ key: 'a', value: '2', createRevision: 2, modRevision: 4 }];
  const list = { calledAt: 10, returnedAt: 11, range: { start: 'a', end: 'z' }, revision: 5, entries };
  const acknowledged = (revision: number) => ({
    client: 1,
    key: 'a',
    calledAt: 1,
    returnedAt: 2,
    write: { expect: 'absent', value: '1' } as const,
    outcome: { type: 'written', revision } as const,
  });
  const check = (one: typeof list & { at?: number }, revision = 5) =>
    checkLists({ operations: [acknowledged(revision)], lists: [one], watches: [], changes });

  test('that are the state at their revision', () => {
    expect(check(list)).toEqual([]);
    expect(check({ ...list, at: 5 }, 6)).toEqual([]);
  });

  test('that are stale, torn or of another revision are found', () => {
    expect(check(list, 6)).toEqual(['stale: a list answered with 5 after 6 was acknowledged']);
    expect(check({ ...list, entries: [] })).toHaveLength(1);
    expect(check({ ...list, at: 4 })).toHaveLength(1);
    expect(check({ ...list, entries: [{ ...entries[0]!, modRevision: 6, value: '3' }] })).toHaveLength(1);
  });
});
