import type { Pod } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { backoffLeft } from './backoff.ts';
import {
  addIndexes,
  countCommon,
  countIndexes,
  firstFree,
  formatIntervals,
  hasIndex,
  parseIntervals,
} from './index_intervals.ts';
import { matchSuccessPolicy } from './success_policy.ts';
import { countReleased } from './track_pods.ts';

describe('intervals', () => {
  test.each([
    ['', 10, ''],
    ['0', 10, '0'],
    ['0,1', 10, '0,1'],
    ['0-2,3,5', 10, '0-3,5'],
    ['1-20', 10, '1-9'],
    ['1,15', 10, '1'],
    ['nonsense', 10, ''],
  ])('%s of %i', (text, completions, expected) => {
    expect(formatIntervals(parseIntervals(text, completions))).toBe(expected);
  });

  test('sets', () => {
    const set = addIndexes(parseIntervals('1-3,7', 10), [5, 4, 9]);
    expect(formatIntervals(set)).toBe('1-5,7,9');
    expect(countIndexes(set)).toBe(7);
    expect([hasIndex(set, 5), hasIndex(set, 6)]).toEqual([true, false]);
    expect(countCommon(set, parseIntervals('4-8', 10))).toBe(3);
    expect(firstFree(set, 3, 10)).toEqual([0, 6, 8]);
    expect(firstFree([], 2, 1)).toEqual([0]);
  });
});

test.each([
  [{ rules: [{ succeededIndexes: '1-2' }] }, '1-2,4', 'Matched rules at index 0'],
  [{ rules: [{ succeededIndexes: '1-3', succeededCount: 2 }] }, '1-2', 'Matched rules at index 0'],
  [{ rules: [{ succeededIndexes: '0' }, { succeededCount: 2 }] }, '1-2', 'Matched rules at index 1'],
  [{ rules: [{ succeededCount: 3 }] }, '1-2', undefined],
  [{ rules: [{ succeededCount: 1 }] }, '', undefined],
])('success policy %j with %s', (policy, succeeded, expected) => {
  expect(matchSuccessPolicy(policy, 10, parseIntervals(succeeded, 10))).toBe(expected);
});

test('the delay doubles with each failure since the last success', () => {
  const ended = (second: number) =>
    ({
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {},
      status: {
        containerStatuses: [
          { state: { terminated: { finishedAt: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z` } } },
        ],
      },
    }) as unknown as Pod;
  const now = Date.UTC(2026, 0, 1, 0, 0, 30);
  expect(backoffLeft({ succeeded: [], failed: [], now })).toBe(0);
  expect(backoffLeft({ succeeded: [], failed: [ended(25)], now })).toBe(5_000);
  expect(backoffLeft({ succeeded: [], failed: [ended(10), ended(25)], now })).toBe(15_000);
  expect(backoffLeft({ succeeded: [ended(20)], failed: [ended(10), ended(25)], now })).toBe(5_000);
  expect(backoffLeft({ succeeded: [ended(26)], failed: [ended(10), ended(25)], now })).toBe(0);
});

test('uids of pods that have lost their finalizer become counts', () => {
  const status = { succeeded: 1, uncountedTerminatedPods: { succeeded: ['a', 'b'], failed: ['c'] } };
  expect(countReleased(status, new Set(['b']))).toEqual({
    succeeded: 2,
    failed: 1,
    uncountedTerminatedPods: { succeeded: ['b'] },
  });
});
