// The kubelet on the simulated runtime, against the real API server in the same thread.
import type { Pod } from '@kubets/api';
import { createApiServer } from '@kubets/apiserver';
import { FakeClock, seededRandom, settleMicrotasks, silentLogger } from '@kubets/base';
import { createClient, createEventRecorder, createInformers, inProcessTransport, refs } from '@kubets/client';
import { resources } from '@kubets/resources';
import { memoryStore } from '@kubets/storage';
import { expect, test } from 'vitest';
import { nullHost } from './host/null_host.ts';
import { createKubelet } from './kubelet.ts';
import { testNode } from './pod/fixtures.ts';
import { agreeableProbeIo } from './probes/probe_io.ts';
import { fakeRuntime } from './runtime/fake/fake_runtime.ts';

async function startCluster() {
  const clock = new FakeClock();
  const random = seededRandom(1);
  const log = silentLogger;
  const server = createApiServer({
    store: memoryStore(),
    clock,
    random,
    log,
    resources,
    authenticators: [],
    authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
    admission: [],
  });
  const user = { username: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated'] };
  const client = createClient(inProcessTransport(server.handle, user));
  const stop = new AbortController();
  const running = [server.run(stop.signal)];
  await server.ready();
  const informers = createInformers({ client, clock, random, log });
  const recorder = createEventRecorder({ client, clock, random, component: 'kubelet', host: 'node-1' });
  const kubelet = createKubelet({
    client,
    informers,
    runtime: fakeRuntime({ clock, random }),
    host: nullHost,
    probeIo: agreeableProbeIo,
    clock,
    random,
    log,
    recorder,
    node: testNode,
  });
  for (const name of ['default', 'kube-node-lease'])
    await client.create(refs.namespaces, { metadata: { name }, spec: {} }).catch(() => {});
  running.push(informers.run(stop.signal), kubelet.run(stop.signal));
  return {
    client,
    clock,
    kubelet,
    advance: (seconds: number) => clock.advance(seconds * 1000, settle),
    async stop() {
      stop.abort(new Error('the test is over'));
      await settle();
      await Promise.allSettled(running);
    },
  };
}

/** Several turns: informers, actors and writers hand work to each other. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await settleMicrotasks();
}

const spec = {
  nodeName: 'node-1',
  containers: [{ name: 'app', image: 'example.com/app:1' }],
  tolerations: [],
};

test('a pod runs and is deleted; the node is ready and has its lease', async () => {
  const cluster = await startCluster();
  const { client, advance } = cluster;
  try {
    await advance(15);
    const node = await client.get(refs.nodes, 'node-1');
    expect(node.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'MemoryPressure=False',
      'DiskPressure=False',
      'PIDPressure=False',
      'Ready=True',
    ]);
    const lease = await client.get(refs.leases, 'node-1', 'kube-node-lease');
    expect(lease.spec?.holderIdentity).toBe('node-1');

    await client.create(refs.pods, { metadata: { name: 'web', namespace: 'default' }, spec });
    await advance(2);
    const pod: Pod = await client.get(refs.pods, 'web', 'default');
    expect(pod.status).toMatchObject({ phase: 'Running', podIP: '10.244.0.2', hostIP: '192.168.0.1' });
    expect(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');

    await client.delete(refs.pods, 'web', 'default');
    await advance(2);
    expect((await client.list(refs.pods)).items).toEqual([]);
    await advance(1);
    expect(cluster.kubelet.pods.size).toBe(0);
  } finally {
    await cluster.stop();
  }
});
