import type { PodDisruptionBudget } from '@kubets/api';
import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { NominatedPods } from '../cycle/nominated_pods.ts';
import { PodPlan } from '../cycle/pod_plan.ts';
import { schedule } from '../cycle/schedule.ts';
import { interPodAffinity } from '../plugins/inter_pod_affinity.ts';
import { nodeAffinity } from '../plugins/node_affinity.ts';
import { nodePorts } from '../plugins/node_ports.ts';
import { nodeResourcesFit } from '../plugins/node_resources_fit.ts';
import { podTopologySpread } from '../plugins/pod_topology_spread.ts';
import type { ClusterState } from '../state/cluster_state.ts';
import { podInfoOf } from '../state/pod_info.ts';
import { cluster, node, objects, type PodShape, pod } from '../testing/objects.ts';
import { findVictims } from './find_victims.ts';

const plugins = [nodeAffinity, nodePorts, nodeResourcesFit, podTopologySpread, interPodAffinity];
const budget = (app: string, disruptionsAllowed: number, more: object = {}) =>
  ({
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed, ...more },
  }) as unknown as PodDisruptionBudget;

/** `node: victims`, or the message. */
function preempt(state: ClusterState, shape: PodShape, budgets: PodDisruptionBudget[] = []): string {
  const info = podInfoOf(pod('preemptor', { priority: 100, ...shape }));
  const plan = new PodPlan(info, { snapshot: state, objects: objects(), plugins });
  const common = {
    pod: info,
    plan,
    snapshot: state,
    nominated: new NominatedPods(),
    random: seededRandom(1),
  };
  const result = schedule({ ...common, start: 0, percentageOfNodesToScore: 0 });
  if (result.type === 'node') throw new Error('it fits without');
  const found = findVictims({ ...common, diagnosis: result.diagnosis, budgets: () => budgets });
  if (found.type === 'none') return found.message;
  return `${found.node.name}: ${found.victims.map(({ pod: { metadata } }) => metadata.name).join(' ')}`;
}

const cpu = (amount: string, priority: number, more: PodShape = {}): PodShape => ({
  requests: { cpu: amount },
  priority,
  ...more,
});
const started = (time: string) => ({ status: { startTime: `2026-01-01T${time}Z` } });

describe('victims', () => {
  test.each<[string, ClusterState, PodShape, string]>([
    [
      'are as few as will do, the least important ones',
      cluster([[node('n'), pod('a', cpu('1', 1)), pod('b', cpu('1', 3)), pod('c', cpu('2', 2))]]),
      cpu('2', 100),
      'n: c',
    ],
    [
      'or, of the same priority, the younger ones',
      cluster([
        [
          node('n'),
          pod('old', cpu('2', 1, started('01:00:00'))),
          pod('young', cpu('2', 1, started('02:00:00'))),
        ],
      ]),
      cpu('2', 100),
      'n: young',
    ],
    [
      'are where the most important of them is least so',
      cluster([
        [node('a'), pod('a1', cpu('4', 5))],
        [node('b'), pod('b1', cpu('2', 4)), pod('b2', cpu('2', 3))],
      ]),
      cpu('4', 100),
      'b: b1 b2',
    ],
    [
      'or where there are fewer',
      cluster([
        [node('a'), pod('a1', cpu('2', 4)), pod('a2', cpu('2', 4))],
        [node('b'), pod('b1', cpu('4', 4))],
      ]),
      cpu('4', 100),
      'b: b1',
    ],
    [
      'or where they started last',
      cluster([
        [node('a'), pod('a1', cpu('4', 4, started('01:00:00')))],
        [node('b'), pod('b1', cpu('4', 4, started('02:00:00')))],
      ]),
      cpu('4', 100),
      'b: b1',
    ],
    [
      'free ports too',
      cluster([
        [
          node('n'),
          pod('p', {
            priority: 1,
            spec: { priority: 1, containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 80 }] }] },
          }),
          pod('q', { priority: 1 }),
        ],
      ]),
      { spec: { priority: 100, containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 80 }] }] } },
      'n: p',
    ],
    [
      'are never of the same or higher priority',
      cluster([[node('n'), pod('a', cpu('2', 100)), pod('b', cpu('2', 200))]]),
      cpu('1', 100),
      '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
    [
      'would not help where the node is not the right one',
      cluster([
        [node('a', { labels: { disk: 'ssd' } }), pod('a1', cpu('4', 200))],
        [node('b'), pod('b1', cpu('4', 1))],
      ]),
      cpu('1', 100, {
        spec: {
          priority: 100,
          nodeSelector: { disk: 'ssd' },
          containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }],
        },
      }),
      '0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    ],
    [
      'would not help where even all of them are too few',
      cluster([[node('n'), pod('a', cpu('1', 1)), pod('b', cpu('3', 200))]]),
      cpu('2', 100),
      '0/1 nodes are available: 1 Insufficient cpu.',
    ],
  ])('%s', (_, state, shape, expected) => expect(preempt(state, shape)).toBe(expected));

  test('of anti-affinity: the pods that do not want this one', () => {
    const loner: PodShape = {
      priority: 1,
      spec: {
        priority: 1,
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'new' } } },
            ],
          },
        },
      },
    };
    const state = cluster([[node('n'), pod('loner', loner), pod('other', { priority: 1 })]]);
    expect(preempt(state, { labels: { app: 'new' } })).toBe('n: loner');
  });

  test('spare disruption budgets where they can', () => {
    const app = (name: string) => ({ labels: { app: name } });
    const state = cluster([
      [node('a'), pod('a1', cpu('4', 1, app('guarded')))],
      [node('b'), pod('b1', cpu('4', 5, app('free')))],
    ]);
    expect(preempt(state, cpu('4', 100))).toBe('a: a1');
    expect(preempt(state, cpu('4', 100), [budget('guarded', 0)])).toBe('b: b1');
    expect(preempt(state, cpu('4', 100), [budget('guarded', 1)])).toBe('a: a1');
    expect(preempt(state, cpu('4', 100), [budget('guarded', 0), budget('free', 0)])).toBe('a: a1');
    expect(preempt(state, cpu('4', 100), [budget('guarded', 0, { disruptedPods: { a1: '' } })])).toBe(
      'a: a1',
    );
  });

  test('on their way out are waited for', () => {
    const leaving = pod('leaving', {
      requests: { cpu: '4' },
      priority: 1,
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
      status: {
        conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }],
      },
    });
    const state = cluster([[node('n'), leaving]]);
    const waiting = cpu('2', 100, { status: { nominatedNodeName: 'n' } });
    expect(preempt(state, waiting)).toBe('not eligible due to a terminating pod on the nominated node.');
  });
});
