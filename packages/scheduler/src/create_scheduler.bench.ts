// npx vitest bench --run --project unit packages/scheduler/src/create
// From 2,000 pods in the API server to 2,000 bindings there, all in this thread: 2,000 / mean ms = thousands a second.
import { seededRandom, silentLogger } from '@kubets/base';
import { createEventRecorder, refs } from '@kubets/client';
import { startCluster } from '@kubets/controllers/testing/test_cluster.ts';
import { bench } from 'vitest';
import { createScheduler } from './create_scheduler.ts';

const nodeCount = 1000;
const podCount = 2000;

async function prepare() {
  const cluster = await startCluster([]);
  const { client, clock, informers } = cluster;
  for (let i = 0; i < nodeCount; i++)
    await cluster.createNode(`node-${i}`, {
      metadata: { name: `node-${i}`, labels: { 'kubernetes.io/hostname': `node-${i}` } } as never,
      status: { allocatable: { cpu: '32', memory: '64Gi', pods: '110' } },
    });
  for (let i = 0; i < podCount; i++)
    await cluster.createPod({
      metadata: { name: `pod-${i}`, labels: { app: `app-${i % 20}` } },
      spec: {
        containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
      },
    });
  const random = seededRandom(1);
  const recorder = createEventRecorder({ client, clock, random, component: 'default-scheduler' });
  const scheduler = createScheduler({ client, informers, clock, random, log: silentLogger, recorder });
  await cluster.settle();
  return { cluster, scheduler };
}

let prepared: Awaited<ReturnType<typeof prepare>>;

bench(
  `bind ${podCount} pods on ${nodeCount} nodes`,
  async () => {
    const { cluster, scheduler } = prepared;
    const stop = new AbortController();
    const running = scheduler.run(stop.signal);
    const pods = cluster.informers.for(refs.pods);
    await new Promise<void>((resolve) => {
      let bound = 0;
      pods.onChange((pod) => {
        if (pod?.spec.nodeName && ++bound === podCount) resolve();
      });
    });
    stop.abort();
    await running;
    await cluster.stop();
  },
  {
    iterations: 2,
    time: 0,
    warmupIterations: 0,
    warmupTime: 0,
    setup: (task) => {
      task.opts.beforeEach = async () => {
        prepared = await prepare();
      };
    },
  },
);
