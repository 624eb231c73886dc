// An API server and a kubelet over the simulated runtime, on a clock that tests move.
import { createApiServer } from '@kubets/apiserver';
import { FakeClock, seededRandom, settleMicrotasks, silentLogger } from '@kubets/base';
import {
  type Client,
  createClient,
  createEventRecorder,
  createInformers,
  inProcessTransport,
  refs,
} from '@kubets/client';
import { resources } from '@kubets/resources';
import { memoryStore } from '@kubets/storage';
import { nullHost } from '../host/null_host.ts';
import { createKubelet, type Kubelet } from '../kubelet.ts';
import { testNode } from '../pod/fixtures.ts';
import { agreeableProbeIo } from '../probes/probe_io.ts';
import { type FakeRuntimeOptions, fakeRuntime } from '../runtime/fake/fake_runtime.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';

export interface SimulatedClusterOptions {
  missing?: FakeRuntimeOptions['missing'];
  network?(): boolean;
  /** The status that http probes get. */
  http?(): number;
}

export interface SimulatedCluster {
  client: Client;
  runtime: ContainerRuntime;
  readonly kubelet: Kubelet;
  advance(seconds: number): Promise<void>;
  /** Stops the kubelet and starts another that knows nothing. */
  restartKubelet(whileDown?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const log = silentLogger;

export async function startSimulatedCluster(
  options: SimulatedClusterOptions = {},
): Promise<SimulatedCluster> {
  const clock = new FakeClock();
  const random = seededRandom(1);
  const stopServer = new AbortController();
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
  const serving = server.run(stopServer.signal);
  await server.ready();
  const user = { username: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated'] };
  const client = createClient(inProcessTransport(server.handle, user));
  for (const name of ['default', 'kube-node-lease'])
    await client.create(refs.namespaces, { metadata: { name }, spec: {} }).catch(() => {});
  const fake = fakeRuntime({ clock, random, missing: options.missing });
  const runtime: ContainerRuntime = {
    ...fake,
    async status() {
      const network = options.network?.() ?? true;
      const conditions = [
        { type: 'RuntimeReady', status: true },
        { type: 'NetworkReady', status: network, reason: network ? '' : 'NetworkPluginNotReady' },
      ];
      return { status: { conditions } };
    },
  };

  function startKubelet() {
    const stop = new AbortController();
    const stopInformers = new AbortController();
    const informers = createInformers({ client, clock, random, log });
    const kubelet = createKubelet({
      client,
      informers,
      runtime,
      host: nullHost,
      probeIo: {
        ...agreeableProbeIo,
        httpGet: async () => ({ status: options.http?.() ?? 200, body: '' }),
      },
      clock,
      random,
      log,
      recorder: createEventRecorder({ client, clock, random, component: 'kubelet', host: 'node-1' }),
      node: testNode,
    });
    const running = [informers.run(stopInformers.signal), kubelet.run(stop.signal)];
    return {
      kubelet,
      async stop() {
        stop.abort(new Error('stopped'));
        stopInformers.abort(new Error('stopped'));
        await settle();
        await Promise.allSettled(running);
      },
    };
  }

  let current = startKubelet();
  await settle();
  return {
    client,
    runtime,
    get kubelet() {
      return current.kubelet;
    },
    advance: (seconds) => clock.advance(seconds * 1000, settle),
    async restartKubelet(whileDown) {
      await current.stop();
      await whileDown?.();
      current = startKubelet();
      await settle();
    },
    async stop() {
      await current.stop();
      stopServer.abort(new Error('stopped'));
      await settle();
      await Promise.allSettled([serving]);
    },
  };
}

/** Several turns: informers, actors and writers hand work to each other. */
async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await settleMicrotasks();
}
