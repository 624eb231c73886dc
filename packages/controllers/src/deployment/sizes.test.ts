import type { Deployment, ReplicaSet } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { planScale } from './plan_scale.ts';
import { limitsOf, recreateSizes, rollingSizes } from './sizes.ts';

const deployment = (replicas: number, maxSurge: number | string, maxUnavailable: number | string) =>
  ({
    metadata: { name: 'web' },
    spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
  }) as unknown as Deployment;

const set = (name: string, replicas: number, available = replicas, max?: number, desired?: number) =>
  ({
    metadata: {
      name,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: {
        ...(max !== undefined && { 'deployment.kubernetes.io/max-replicas': String(max) }),
        ...(desired !== undefined && { 'deployment.kubernetes.io/desired-replicas': String(desired) }),
      },
    },
    spec: { replicas },
    status: { replicas, availableReplicas: available },
  }) as unknown as ReplicaSet;

const byName = (changed: ReadonlyMap<ReplicaSet, number>) =>
  Object.fromEntries(Array.from(changed, ([of, size]) => [of.metadata.name, size]));

describe('limits', () => {
  test.each([
    [2, '0%', '1%', { surge: 0, unavailable: 1 }],
    [10, '25%', '25%', { surge: 3, unavailable: 2 }],
    [1, 1, 0, { surge: 1, unavailable: 0 }],
    [3, 0, 5, { surge: 0, unavailable: 3 }],
  ])('%i replicas, surge %s, unavailable %s', (replicas, surge, unavailable, expected) => {
    expect(limitsOf(deployment(replicas, surge, unavailable))).toMatchObject(expected);
  });
});

describe('rolling update', () => {
  const cases: [string, Deployment, ReplicaSet | undefined, ReplicaSet[], Record<string, number>][] = [
    ['grows into the surge', deployment(10, 3, 2), set('new', 0), [set('old', 10)], { new: 3 }],
    [
      'shrinks the old by what may be missing',
      deployment(10, 3, 2),
      set('new', 3, 0),
      [set('old', 10)],
      { old: 8 },
    ],
    ['waits while new pods are not available', deployment(10, 3, 2), set('new', 5, 0), [set('old', 8)], {}],
    [
      'broken old pods go first',
      deployment(10, 3, 2),
      set('new', 3, 0),
      [set('a', 5, 3), set('b', 5)],
      { a: 3 },
    ],
    ['goes on as new pods come', deployment(10, 3, 2), set('new', 5, 4), [set('old', 8)], { old: 4 }],
    ['a new set that is too large shrinks', deployment(3, 1, 1), set('new', 5), [], { new: 3 }],
    ['done', deployment(3, 1, 1), set('new', 3), [set('old', 0)], {}],
  ];
  test.each(cases)('%s', (_, of, next, old, expected) => {
    expect(byName(rollingSizes(of, next, old).changed)).toEqual(expected);
  });

  test('a set that does not exist yet gets the room that is left', () => {
    expect(rollingSizes(deployment(10, 3, 2), undefined, [set('old', 12)]).create).toBe(1);
  });
});

test('Recreate: old to zero, then wait, then all of the new', () => {
  const of = { spec: { replicas: 3, strategy: { type: 'Recreate' } } } as Deployment;
  expect(byName(recreateSizes(of, undefined, [set('old', 3)], () => true).changed)).toEqual({ old: 0 });
  expect(recreateSizes(of, undefined, [set('old', 0)], () => true)).toEqual({ changed: new Map() });
  expect(recreateSizes(of, undefined, [set('old', 0)], () => false).create).toBe(3);
});

describe('scaling in the middle of a rollout', () => {
  const cases: [string, Deployment, ReplicaSet | undefined, ReplicaSet[], Record<string, number>][] = [
    ['one set takes it all', deployment(6, 1, 1), set('new', 3, 3, 4, 3), [set('old', 0)], { new: 6 }],
    [
      'in proportion',
      deployment(20, 0, 2),
      set('new', 5, 5, 10, 10),
      [set('old', 5, 5, 10, 10)],
      { old: 10, new: 10 },
    ],
    [
      'to nothing',
      deployment(0, 3, 2),
      set('new', 5, 5, 13, 10),
      [set('old', 8, 8, 13, 10)],
      { old: 0, new: 0 },
    ],
    [
      'leftovers go to the largest',
      deployment(12, 0, 2),
      set('new', 3, 3, 10, 10),
      [set('a', 4, 4, 10, 10), set('b', 3, 3, 10, 10)],
      { a: 4, b: 4, new: 4 },
    ],
  ];
  test.each(cases)('%s', (_, of, next, old, expected) => {
    const sizes = byName(planScale(of, next, old).changed);
    expect(Object.values(sizes).reduce((a, b) => a + b, 0)).toBe(
      Object.values(expected).reduce((a, b) => a + b, 0),
    );
    expect(sizes).toMatchObject(_ === 'leftovers go to the largest' ? {} : expected);
  });
});
