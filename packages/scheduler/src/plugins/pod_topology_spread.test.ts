import type { Service, TopologySpreadConstraint } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { cluster, failures, node, objects, pod, scores } from '../testing/objects.ts';
import { podTopologySpread } from './pod_topology_spread.ts';

const labels = { app: 'web' };
const constraint = (more: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  topologyKey: 'zone',
  maxSkew: 1,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: labels },
  ...more,
});
const web = (name: string) => pod(name, { labels });
const incoming = (...constraints: TopologySpreadConstraint[]) =>
  pod('p', { labels, spec: { topologySpreadConstraints: constraints } });
const zone = (name: string, inZone: string) => node(name, { labels: { zone: inZone } });

/** Two pods in zone a, one in b, none in c. */
const state = cluster([
  [zone('a1', 'a'), web('1')],
  [zone('a2', 'a'), web('2')],
  [
    zone('b1', 'b'),
    web('3'),
    pod('other', { labels: { app: 'other' } }),
    pod('elsewhere', { labels, namespace: 'x' }),
  ],
  zone('c1', 'c'),
  node('nowhere'),
]);
const uneven = "node(s) didn't match pod topology spread constraints";
const unlabelled = "node(s) didn't match pod topology spread constraints (missing required label)";
const going = pod('going', { labels, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });

describe('PodTopologySpread', () => {
  test.each<[string, Partial<TopologySpreadConstraint>, string[]]>([
    ['a skew of one leaves the emptiest', {}, ['c1']],
    ['a skew of two', { maxSkew: 2 }, ['b1', 'c1']],
    ['a skew of three', { maxSkew: 3 }, ['a1', 'a2', 'b1', 'c1']],
    ['hosts', { topologyKey: 'kubernetes.io/hostname' }, ['c1', 'nowhere']],
    ['too few domains count as an empty one', { minDomains: 4, maxSkew: 2 }, ['b1', 'c1']],
    [
      'pods of another kind do not count',
      { labelSelector: { matchLabels: { app: 'none' } } },
      ['a1', 'a2', 'b1', 'c1'],
    ],
    ['matchLabelKeys narrow the selector', { labelSelector: {}, matchLabelKeys: ['app'] }, ['c1']],
    [
      'a soft one keeps nobody out',
      { whenUnsatisfiable: 'ScheduleAnyway' },
      ['a1', 'a2', 'b1', 'c1', 'nowhere'],
    ],
  ])('%s', (_, more, expected) => {
    const result = failures({ state, pod: incoming(constraint(more)), plugins: [podTopologySpread] });
    expect(
      Object.keys(result)
        .filter((name) => !result[name])
        .sort(),
    ).toEqual(expected);
    for (const reason of Object.values(result)) if (reason) expect([uneven, unlabelled]).toContain(reason);
  });

  test('nodes that the pod cannot use are no domains, unless the constraint says so', () => {
    const picky = (nodeAffinityPolicy: string) => {
      const each = incoming(constraint({ nodeAffinityPolicy }));
      return { ...each, spec: { ...each.spec, nodeSelector: { zone: 'a' } } };
    };
    const ask = (policy: string) => failures({ state, pod: picky(policy), plugins: [podTopologySpread] });
    expect(ask('Honor')['a1']).toBeUndefined();
    expect(ask('Ignore')['a1']).toBe(uneven);
  });

  test('tainted nodes are no domains where the constraint says so', () => {
    const tainted = cluster([
      [zone('a1', 'a'), web('1')],
      node('b1', { labels: { zone: 'b' }, taints: [{ key: 'x', effect: 'NoSchedule' }] }),
    ]);
    const ask = (nodeTaintsPolicy: string) =>
      failures({
        state: tainted,
        pod: incoming(constraint({ nodeTaintsPolicy })),
        plugins: [podTopologySpread],
      });
    expect(ask('Ignore')['a1']).toBe(uneven);
    expect(ask('Honor')['a1']).toBeUndefined();
  });

  test('pods on their way out do not count', () => {
    const leaving = cluster([[zone('a1', 'a'), going], zone('b1', 'b')]);
    const result = failures({ state: leaving, pod: incoming(constraint()), plugins: [podTopologySpread] });
    expect(result).toEqual({ a1: undefined, b1: undefined });
  });

  test('soft constraints score the emptier domains higher', () => {
    const soft = incoming(constraint({ whenUnsatisfiable: 'ScheduleAnyway' }));
    const result = scores({ state, pod: soft, plugins: [podTopologySpread] });
    expect(result).toEqual({ a1: 0, a2: 0, b1: 33, c1: 100, nowhere: 0 });
  });

  test('pods of a Service spread by themselves', () => {
    const service = { spec: { selector: labels } } as unknown as Service;
    const context = objects({ services: () => [service] });
    const result = scores({ state, pod: web('p'), plugins: [podTopologySpread], objects: context });
    expect(result['c1']).toBe(100);
    expect(result['a1']).toBeLessThan(result['c1']!);
    expect(scores({ state, pod: web('p'), plugins: [podTopologySpread] })).toMatchObject({ a1: 0, c1: 0 });
  });

  test.each([
    ['podGone', { type: 'podGone', pod: web('x'), node: 'a1' }, true],
    ['podGone of another kind', { type: 'podGone', pod: pod('x'), node: 'a1' }, false],
  ])('wakes on %s: %#', async (_, event, expected) => {
    const { podInfoOf } = await import('../state/pod_info.ts');
    const wake = { ...event, pod: podInfoOf(event.pod) } as never;
    expect(podTopologySpread.wakesOn!(wake, podInfoOf(incoming(constraint())))).toBe(expected);
  });
});
