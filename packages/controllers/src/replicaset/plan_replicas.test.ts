import type { Pod } from '@kubets/api';
import { expect, test } from 'vitest';
import { planReplicas } from './plan_replicas.ts';
import { rankForDeletion } from './rank_for_deletion.ts';

const now = Date.UTC(2026, 0, 2);
const ago = (ms: number) => new Date(now - ms).toISOString();

interface Facts {
  node?: string;
  phase?: string;
  ready?: number;
  cost?: string;
  restarts?: number;
  age?: number;
}
const pod = (
  name: string,
  { node = 'n1', phase = 'Running', ready = 60_000, cost, restarts = 0, age = 60_000 }: Facts,
) =>
  ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: ago(age),
      annotations: cost && { 'controller.kubernetes.io/pod-deletion-cost': cost },
    },
    spec: { nodeName: node || undefined, containers: [] },
    status: {
      phase,
      conditions: ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: ago(ready) }] : [],
      containerStatuses: [{ name: 'c', restartCount: restarts }],
    },
  }) as unknown as Pod;

test.each([
  ['unassigned before assigned', { node: '' }, {}],
  ['pending before running', { phase: 'Pending' }, {}],
  ['not ready before ready', { ready: 0 }, {}],
  ['cheap before dear', { cost: '-5' }, { cost: '3' }],
  ['a shorter time ready before a longer', { ready: 1_000 }, { ready: 3_600_000 }],
  ['more restarts before fewer', { restarts: 3 }, { restarts: 1 }],
  ['younger before older', { age: 1_000 }, { age: 3_600_000 }],
])('%s', (_, first, second) => {
  const ranked = rankForDeletion([pod('b', second), pod('a', first)], [], now);
  expect(ranked.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
});

test('pods of a crowded node go first, counting siblings', () => {
  const a = pod('a', { node: 'n1' });
  const b = pod('b', { node: 'n2' });
  const siblings = [pod('s1', { node: 'n2' }), pod('s2', { node: 'n2' })];
  expect(rankForDeletion([a, b], [a, b, ...siblings], now)[0]).toBe(b);
});

test('of about the same age the uid decides', () => {
  const ranked = rankForDeletion([pod('z', { age: 65_000 }), pod('a', { age: 60_000 })], [], now);
  expect(ranked[0]!.metadata.name).toBe('a');
});

test('as many as are missing, and no more than 500 at once', () => {
  const plan = (replicas: number, count: number) => {
    const active = Array.from({ length: count }, (_, i) => pod(`p${i}`, {}));
    const { create, delete: remove } = planReplicas({ replicas, active, related: () => active, now });
    return [create, remove.length];
  };
  expect(plan(3, 1)).toEqual([2, 0]);
  expect(plan(1000, 0)).toEqual([500, 0]);
  expect(plan(1, 3)).toEqual([0, 2]);
  expect(plan(0, 600)).toEqual([0, 500]);
  expect(plan(2, 2)).toEqual([0, 0]);
});
