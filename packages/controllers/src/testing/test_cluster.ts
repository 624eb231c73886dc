// A real API server in this thread, with controllers, on a clock that stands still: what tests of controllers run on.
import type { New, Node, Pod } from '@kubets/api';
import { type ApiServer, createApiServer } from '@kubets/apiserver';
import {
  FakeClock,
  type Logger,
  type Ms,
  rfc3339,
  seededRandom,
  settleMicrotasks,
  silentLogger,
} from '@kubets/base';
import {
  type Client,
  createClient,
  createInformers,
  type Informers,
  inProcessTransport,
  type ResourceRef,
  refs,
} from '@kubets/client';
import { resources } from '@kubets/resources';
import { memoryStore } from '@kubets/storage';
import { componentOf } from '../run_controllers.ts';
import type { ControllersConfig } from '../runtime/config.ts';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { type Faults, faultyTransport, Traffic } from './faulty_transport.ts';

export interface TestCluster {
  server: ApiServer;
  client: Client;
  informers: Informers;
  clock: FakeClock;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  advance(ms: Ms): Promise<void>;
  get<T extends object>(ref: ResourceRef<any>, name: string, namespace?: string): Promise<T | undefined>;
  names(ref: ResourceRef<any>, namespace?: string): Promise<string[]>;
  createPod(pod: New<Pod>): Promise<Pod>;
  /** Stands for the kubelet. */
  setPod(pod: Pod, status: Pod['status']): Promise<Pod>;
  /** Makes all pods that match running and ready. */
  runPods(labelSelector?: string): Promise<void>;
  createNode(name: string, node?: Partial<Node>): Promise<Node>;
  events(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Lines of warnings and errors are kept, so that a test can look at them. */
export function recordingLogger(lines: string[]): Logger {
  const write = (level: string) => (message: string, fields?: object) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  const logger: Logger = { ...silentLogger, warn: write('warn'), error: write('error'), with: () => logger };
  return logger;
}

export async function startCluster(
  definitions: readonly ControllerDefinition[],
  config: Partial<ControllersConfig> & { log?: Logger; faults?: Faults } = {},
): Promise<TestCluster> {
  const { log = silentLogger, faults, ...chosen } = config;
  const clock = new FakeClock();
  const random = seededRandom(1);
  const server = createApiServer({
    store: memoryStore(),
    clock,
    random,
    log,
    resources,
    authenticators: [],
    authorizers: [{ name: 'everything', authorize: () => ({ decision: 'allow', reason: '' }) }],
    admission: [],
  });
  const stop = new AbortController();
  const failures: unknown[] = [];
  const running: Promise<unknown>[] = [];
  const run = (work: Promise<unknown>) =>
    running.push(work.catch((error) => !stop.signal.aborted && failures.push(error)));
  run(server.run(stop.signal));
  await server.ready();
  const user = { username: 'controllers', groups: ['system:masters'] };
  const traffic = new Traffic(inProcessTransport(server.handle, user));
  const client = createClient(traffic);
  const controllersClient = createClient(faults ? faultyTransport(traffic, faults) : traffic);
  const informers = createInformers({ client, clock, random, log });
  const component = componentOf({
    client: controllersClient,
    informers,
    clock,
    random,
    log,
    definitions,
    ...chosen,
  });

  // Requests lead to changes, changes to requests: quiet is when there were none for some turns of the event loop.
  const settle = async () => {
    for (let quiet = 0, seen = traffic.asked, turns = 0; quiet < 5 && turns < 10_000; turns++) {
      await settleMicrotasks();
      quiet = traffic.inFlight === 0 && seen === traffic.asked ? quiet + 1 : 0;
      seen = traffic.asked;
    }
    if (failures.length > 0) throw failures[0];
  };
  const cluster: TestCluster = {
    server,
    client,
    informers,
    clock,
    settle,
    advance: (ms) => clock.advance(ms, settle),
    async get(ref, name, namespace = 'default') {
      return client.get(ref, name, ref.namespaced ? namespace : undefined).catch(() => undefined) as any;
    },
    async names(ref, namespace = 'default') {
      const { items } = await client.list(ref, ref.namespaced ? { namespace } : {});
      return items.map(({ metadata }) => metadata.name);
    },
    createPod: (pod) =>
      client.create(refs.pods, { ...pod, metadata: { namespace: 'default', ...pod.metadata } }),
    setPod: (pod, status) => client.updateStatus(refs.pods, { ...pod, status: { ...pod.status, ...status } }),
    async runPods(labelSelector) {
      const { items } = await client.list(refs.pods, { labelSelector });
      const now = rfc3339(clock.now());
      let address = 1;
      for (const pod of items) {
        const ip = `10.244.${address >> 8}.${address++ & 255}`;
        if (pod.status?.phase !== 'Pending' || pod.metadata.deletionTimestamp) continue;
        await cluster.setPod(pod, {
          phase: 'Running',
          startTime: now,
          podIP: ip,
          podIPs: [{ ip }],
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }],
        });
      }
      await settle();
    },
    async createNode(name, node = {}) {
      await client.create(refs.nodes, { spec: {}, ...node, metadata: { name, ...node.metadata } });
      const now = rfc3339(clock.now());
      const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now };
      const status = {
        conditions: [ready],
        addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
        ...node.status,
      };
      return client.patch(refs.nodes, name, undefined, 'strategic', { status }, { subresource: 'status' });
    },
    async events() {
      const { items } = await client.list(refs.events);
      return items.map(({ type, reason, message }) => `${type} ${reason} ${message}`);
    },
    async stop() {
      stop.abort();
      await Promise.all(running);
    },
  };
  await ensureNamespace(client, 'default');
  run(informers.run(stop.signal));
  run(component.run(stop.signal));
  await settle();
  return cluster;
}

async function ensureNamespace(client: Client, name: string): Promise<void> {
  await client.create(refs.namespaces, { metadata: { name }, spec: {} }).catch(() => {});
}

export const podTemplate = (labels: Record<string, string>) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
});
