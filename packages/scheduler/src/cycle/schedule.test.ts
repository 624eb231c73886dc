import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { imageLocality } from '../plugins/image_locality.ts';
import { interPodAffinity } from '../plugins/inter_pod_affinity.ts';
import { nodeAffinity } from '../plugins/node_affinity.ts';
import { nodePorts } from '../plugins/node_ports.ts';
import { nodeResourcesBalancedAllocation } from '../plugins/node_resources_balanced_allocation.ts';
import { nodeResourcesFit } from '../plugins/node_resources_fit.ts';
import { nodeUnschedulable } from '../plugins/node_unschedulable.ts';
import { podTopologySpread } from '../plugins/pod_topology_spread.ts';
import { taintToleration } from '../plugins/taint_toleration.ts';
import { type PodInfo, podInfoOf } from '../state/pod_info.ts';
import { cluster, decide, node, objects, type PodShape, pod } from '../testing/objects.ts';
import { totalScores } from './best_node.ts';
import { NominatedPods } from './nominated_pods.ts';
import { PlanCache } from './plan_cache.ts';
import { PodPlan } from './pod_plan.ts';
import { evaluateOn, nodesToFind, schedule } from './schedule.ts';

const plugins = [
  nodeUnschedulable,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  podTopologySpread,
  interPodAffinity,
  nodeResourcesBalancedAllocation,
  imageLocality,
];

describe('a decision', () => {
  const state = cluster([
    [node('busy'), pod('there', { requests: { cpu: '3' } })],
    node('idle'),
    node('cordoned', { unschedulable: true }),
    node('tainted', { taints: [{ key: 'a', effect: 'NoSchedule' }] }),
  ]);
  const onNodes = (...values: string[]): PodShape['spec'] => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values }] }],
        },
      },
    },
  });
  test.each<[string, PodShape, string]>([
    ['the best node', {}, 'idle'],
    [
      'reasons, counted and sorted',
      { requests: { cpu: '8' } },
      '0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 2 Insufficient cpu.',
    ],
    [
      'a pod of a DaemonSet, which is for one node',
      { requests: { cpu: '2' }, spec: onNodes('busy') },
      "0/4 nodes are available: 1 Insufficient cpu, 3 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    ],
    [
      'a node by name that is not there',
      { spec: onNodes('gone') },
      "0/4 nodes are available: 4 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    ],
  ])('is %s', (_, shape, expected) => {
    // The requests of a shape go with its spec.
    const spec = { ...pod('x', { ...shape, spec: {} }).spec, ...shape.spec };
    expect(decide({ state, pod: pod('p', { spec }), plugins })).toBe(expected);
  });

  test('looks at no more nodes than it needs, and begins elsewhere each time', () => {
    const large = cluster(Array.from({ length: 400 }, (_, i) => node(`n${i}`)));
    const info = podInfoOf(pod('p'));
    const plan = new PodPlan(info, { snapshot: large, objects: objects(), plugins });
    const ask = (start: number) =>
      schedule({
        pod: info,
        plan,
        snapshot: large,
        nominated: new NominatedPods(),
        random: seededRandom(1),
        start,
        percentageOfNodesToScore: 30,
      });
    expect(ask(0)).toMatchObject({ type: 'node', evaluated: 120 });
    const result = ask(300);
    const number = result.type === 'node' ? Number(result.node.name.slice(1)) : -1;
    expect(number >= 300 || number < 20).toBe(true);
  });

  test('is by chance among equals', () => {
    const equal = cluster([node('a'), node('b'), node('c')]);
    const info = podInfoOf(pod('p'));
    const plan = new PodPlan(info, { snapshot: equal, objects: objects(), plugins });
    const random = seededRandom(3);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 300; i++) {
      const result = schedule({
        pod: info,
        plan,
        snapshot: equal,
        nominated: new NominatedPods(),
        random,
        start: i,
        percentageOfNodesToScore: 0,
      });
      if (result.type === 'node') counts[result.node.name] = (counts[result.node.name] ?? 0) + 1;
    }
    for (const name of ['a', 'b', 'c']) expect(counts[name]).toBeGreaterThan(70);
  });

  test.each([
    [5, 0, 5],
    [99, 10, 99],
    [1000, 0, 420],
    [6000, 0, 300],
    [1000, 70, 700],
    [400, 10, 100],
  ])('of %i nodes at %i percent looks for %i', (nodes, percent, expected) =>
    expect(nodesToFind(nodes, percent)).toBe(expected),
  );

  test('leaves room for pods of the same or higher priority that others make way for', () => {
    const nominated = new NominatedPods();
    nominated.set(podInfoOf(pod('vip', { requests: { cpu: '3' }, priority: 5 })), 'idle');
    const small = cluster([node('idle')]);
    const ask = (priority: number) => {
      const info = podInfoOf(pod('p', { requests: { cpu: '2' }, priority }));
      const plan = new PodPlan(info, { snapshot: small, objects: objects(), plugins });
      return evaluateOn(small.node('idle')!, { pod: info, plan, nominated })?.reasons;
    };
    expect(ask(4)).toEqual(['Insufficient cpu']);
    expect(ask(5)).toEqual(['Insufficient cpu']);
    expect(ask(6)).toBeUndefined();
  });

  test('prefers the node where room was made for it', () => {
    const nominee = pod('p', { status: { nominatedNodeName: 'busy' } });
    expect(decide({ state, pod: nominee, plugins })).toBe('busy');
  });
});

describe('a plan that is kept', () => {
  const kinds: PodShape[] = [
    { labels: { app: 'a' }, requests: { cpu: '100m', memory: '64Mi' } },
    {
      labels: { app: 'b' },
      spec: {
        topologySpreadConstraints: [
          {
            topologyKey: 'zone',
            maxSkew: 1,
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'b' } },
          },
          {
            topologyKey: 'kubernetes.io/hostname',
            maxSkew: 1,
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { app: 'b' } },
          },
        ],
      },
    },
    {
      labels: { app: 'c' },
      spec: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'c' } } },
            ],
          },
          podAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 7,
                podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'a' } } },
              },
            ],
          },
        },
      },
    },
    {
      labels: { app: 'd' },
      spec: { containers: [{ name: 'c', image: 'app:1', ports: [{ containerPort: 1, hostPort: 80 }] }] },
    },
  ];

  test.each([1, 2, 3, 4])(
    'says the same as a new one, whatever happens to pods and nodes (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const pick = (n: number) => Math.floor(random.next() * n);
      const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
      const make = (name: string) =>
        node(name, {
          labels: { zone: `z${pick(3)}` },
          allocatable: { cpu: String(1 + pick(3)) },
          ...(pick(4) === 0 && {
            taints: [{ key: 'x', effect: pick(2) ? 'NoSchedule' : 'PreferNoSchedule' }],
          }),
        });
      const state = cluster(names.map(make));
      const context = { snapshot: state, objects: objects(), plugins };
      const cache = new PlanCache(context);
      const placed: string[] = [];
      const describePlan = (plan: PodPlan) => {
        const results = state.nodes.map((info) => [info.name, plan.evaluate(info)?.reasons]);
        const feasible = state.nodes.filter((info) => !plan.evaluate(info));
        return { results, scores: [...totalScores(feasible, plan)] };
      };
      for (let step = 0; step < 300; step++) {
        const action = pick(10);
        if (action < 6) {
          const info: PodInfo = podInfoOf(pod(`p${step}`, kinds[pick(kinds.length)]!));
          state.assume(info, names[pick(names.length)]!);
          placed.push(info.key);
        } else if (action < 9 && placed.length > 0)
          state.removePod(placed.splice(pick(placed.length), 1)[0]!);
        else if (pick(2)) state.setNode(make(names[pick(names.length)]!));
        else state.deleteNode(names[pick(names.length)]!);
        const incoming = podInfoOf(pod('incoming', kinds[pick(kinds.length)]!));
        expect(describePlan(cache.planFor(incoming)), `seed ${seed}, step ${step}`).toEqual(
          describePlan(new PodPlan(incoming, context)),
        );
      }
    },
  );
});
