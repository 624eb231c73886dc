// npx vitest bench --run --project unit packages/scheduler/src/cycle
// Each run decides on 1,000 pods on 1,000 nodes that have 30 pods each: 1,000 / mean ms = thousands of pods a second.

import { FakeClock, seededRandom, silentLogger } from '@kubets/base';
import { createClient, createInformers } from '@kubets/client';
import { bench, describe } from 'vitest';
import { schedulerPlugins } from '../plugins/index.ts';
import { objectInformers } from '../state/cluster_objects.ts';
import { podInfoOf } from '../state/pod_info.ts';
import { cluster, node, objects, type PodShape, pod } from '../testing/objects.ts';
import { NominatedPods } from './nominated_pods.ts';
import { PlanCache } from './plan_cache.ts';
import { schedule } from './schedule.ts';

const nodeCount = 1000;
const podCount = 1000;
const service = { spec: { selector: { app: 'web' } } };
const context = objects({ services: () => [service as never] });

function run(shapeOf: (i: number) => PodShape) {
  const nodes = Array.from({ length: nodeCount }, (_, i) =>
    node(`n${i}`, { labels: { 'topology.kubernetes.io/zone': `z${i % 3}` } }),
  );
  const state = cluster(nodes);
  for (let i = 0; i < nodeCount * 30; i++)
    state.assume(
      podInfoOf(pod(`old-${i}`, { namespace: `ns-${i % 100}`, requests: { cpu: '50m', memory: '64Mi' } })),
      `n${i % nodeCount}`,
    );
  const random = seededRandom(1);
  const clock = new FakeClock();
  const client = createClient({} as never);
  const informers = objectInformers(createInformers({ client, clock, random, log: silentLogger }));
  const plugins = schedulerPlugins({ client, clock, informers, objects: context });
  let round = 0;
  return () => {
    const plans = new PlanCache({ snapshot: state, objects: context, plugins });
    const keys: string[] = [];
    let start = 0;
    for (let i = 0; i < podCount; i++) {
      const info = podInfoOf(pod(`p-${round}-${i}`, shapeOf(i)));
      const result = schedule({
        pod: info,
        plan: plans.planFor(info),
        snapshot: state,
        nominated: new NominatedPods(),
        random,
        start,
        percentageOfNodesToScore: 0,
      });
      if (result.type !== 'node') throw new Error('must fit');
      start = (start + result.evaluated) % nodeCount;
      state.assume(info, result.node.name);
      keys.push(info.key);
    }
    for (const key of keys) state.removePod(key);
    round++;
  };
}

const requests = { cpu: '10m', memory: '16Mi' };
const options = { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0 };

describe(`${podCount} pods on ${nodeCount} nodes`, () => {
  bench(
    'all equal',
    run(() => ({ requests })),
    options,
  );
  bench(
    'of one Service',
    run(() => ({ requests, labels: { app: 'web' } })),
    options,
  );
  bench(
    'of 50 kinds in turn',
    run((i) => ({ requests, labels: { app: `kind-${i % 50}` } })),
    options,
  );
  bench(
    'no two equal',
    run((i) => ({ requests, labels: { name: `p-${i}` } })),
    options,
  );
  bench(
    'one a host',
    run(() => ({
      labels: { app: 'loner' },
      spec: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'loner' } } },
            ],
          },
        },
      },
    })),
    options,
  );
});
