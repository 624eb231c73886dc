// An API server in this process, a kubelet on a containerd of its own, and the means to look at both.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Pod } from '@kubets/api';
import { createApiServer } from '@kubets/apiserver';
import { createTokenIssuer } from '@kubets/apiserver/access/index.ts';
import { type Logger, silentLogger, systemClock, systemRandom } from '@kubets/base';
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
import { serveKubelet } from '../http/index.ts';
import { createKubelet, type Kubelet } from '../kubelet.ts';
import { linuxHost, linuxProbeIo } from '../linux/index.ts';
import type { NodeConfig } from '../node/node_config.ts';
import { testNode } from '../pod/fixtures.ts';
import { criRuntime } from '../runtime/cri/index.ts';
import { startContainerd } from './containerd.ts';

export interface RealCluster {
  client: Client;
  image: string;
  port: number;
  tls: { cert: Buffer; key: Buffer };
  /** Stops the kubelet and starts another, with nothing in memory. */
  restartKubelet(whileDown?: () => Promise<void>): Promise<void>;
  run(name: string, spec: Partial<Pod['spec']>, metadata?: object): Promise<Pod>;
  pod(name: string): Promise<Pod>;
  /** GET of a path of the kubelet's server. */
  get(path: string): Promise<{ status: number; body: string }>;
  logs(pod: string, container: string, query?: string): Promise<string>;
  runtime: ReturnType<typeof criRuntime>;
  root: string;
  cgroupRoot: string;
  /** Makes a pod of one container that runs a script. */
  create(name: string, script: string, container?: object, spec?: object): Promise<Pod>;
  /** The same, to its end; gives what it printed. */
  output(name: string, script: string, container?: object, spec?: object): Promise<string>;
  phase(name: string, wanted: string): Promise<Pod>;
  remove(name: string): Promise<void>;
  stop(): Promise<void>;
}

const clock = systemClock;
const random = systemRandom;
const log: Logger = silentLogger;

export async function startRealCluster(name: string, subnet: number): Promise<RealCluster> {
  const containerd = await startContainerd(name, subnet);
  const { root } = containerd;
  const stopServer = new AbortController();
  const runtime = criRuntime({ endpoint: containerd.endpoint });
  const tls = makeCertificate(join(root, 'tls'));
  const server = createApiServer({
    store: memoryStore(),
    clock,
    random,
    log,
    resources,
    authenticators: [],
    authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
    admission: [],
    tokenIssuer: await createTokenIssuer({
      issuer: 'https://test',
      privateKey: readFileSync(join(root, 'tls', 'key.pem'), 'utf8'),
      publicKey: readFileSync(join(root, 'tls', 'public.pem'), 'utf8'),
      clock,
    }),
  });
  const serving = server.run(stopServer.signal);
  await server.ready();
  const user = { username: 'system:node:node-1', groups: ['system:nodes', 'system:masters'] };
  const client = createClient(inProcessTransport(server.handle, user));
  for (const name of ['default', 'kube-node-lease'])
    await client.create(refs.namespaces, { metadata: { name }, spec: {} }).catch(() => {});
  await client
    .create(refs.serviceAccounts, { metadata: { name: 'default', namespace: 'default' } })
    .catch(() => {});

  const node: NodeConfig = {
    ...testNode,
    addresses: [
      { type: 'InternalIP', address: '127.0.0.1' },
      { type: 'Hostname', address: 'node-1' },
    ],
    rootDir: join(root, 'kubelet'),
    podLogsDir: containerd.podLogsDir,
    containerLogsDir: join(root, 'links'),
    cgroup: { driver: 'cgroupfs', root: containerd.cgroupRoot },
  };

  function startKubelet() {
    const stop = new AbortController();
    const stopInformers = new AbortController();
    const informers = createInformers({ client, clock, random, log });
    const kubelet: Kubelet = createKubelet({
      client,
      informers,
      runtime,
      host: linuxHost({ imageMountSocket: containerd.endpoint.replace('unix://', '') }),
      probeIo: linuxProbeIo,
      clock,
      random,
      log,
      recorder: createEventRecorder({ client, clock, random, component: 'kubelet', host: 'node-1' }),
      node,
    });
    let port = 0;
    const api = serveKubelet({
      kubelet,
      runtime,
      node,
      host: '127.0.0.1',
      port: 0,
      tls: { ...tls, clientCa: tls.cert },
      clock,
      log,
      listening: (opened) => {
        port = opened;
      },
    });
    const running = [informers.run(stopInformers.signal), kubelet.run(stop.signal), api.run(stop.signal)];
    return {
      get port() {
        return port;
      },
      async stop() {
        stop.abort(new Error('stopped'));
        stopInformers.abort(new Error('stopped'));
        await Promise.allSettled(running);
      },
    };
  }

  const run: RealCluster['run'] = (name, spec, metadata = {}) =>
    client.create(refs.pods, {
      metadata: { name, namespace: 'default', ...metadata },
      spec: {
        nodeName: 'node-1',
        terminationGracePeriodSeconds: 1,
        automountServiceAccountToken: false,
        ...spec,
      } as Pod['spec'],
    });
  const pod = (name: string) => client.get(refs.pods, name, 'default');
  const create: RealCluster['create'] = (name, script, container = {}, spec = {}) =>
    run(name, {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: containerd.image, command: shell(script), ...container }],
      ...spec,
    });
  async function logs(name: string, container: string, query = ''): Promise<string> {
    const { status, body } = await get(`/containerLogs/default/${name}/${container}${query}`);
    if (status !== 200) throw new Error(`${status} ${body}`);
    return body;
  }

  let current = startKubelet();
  const get = (path: string) => fetchText(current.port, path, tls);
  return {
    client,
    image: containerd.image,
    tls,
    runtime,
    root,
    get port() {
      return current.port;
    },
    get,
    async restartKubelet(whileDown) {
      await current.stop();
      await whileDown?.();
      current = startKubelet();
    },
    run,
    pod,
    create,
    logs,
    cgroupRoot: containerd.cgroupRoot,
    async output(name, script, container, spec) {
      await create(name, script, container, spec);
      await eventually(`${name} ends`, async () =>
        ['Succeeded', 'Failed'].includes((await pod(name)).status?.phase ?? ''),
      );
      return logs(name, 'main');
    },
    phase: (name, wanted) =>
      eventually(`${name} is ${wanted}`, async () => {
        const seen = await pod(name);
        return seen.status?.phase === wanted && seen;
      }),
    remove: (name) => client.delete(refs.pods, name, 'default'),
    async stop() {
      await current.stop();
      runtime.close();
      stopServer.abort(new Error('stopped'));
      await Promise.allSettled([serving]);
      await containerd.stop();
    },
  };
}

export function shell(script: string): string[] {
  return ['sh', '-c', script];
}

/** Polls until `check` gives something that is not false or undefined. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | false | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not in time: ${what}${last instanceof Error ? ` (${last.message})` : ''}`);
}

function fetchText(port: number, path: string, tls: { cert: Buffer; key: Buffer }) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path, ...tls, rejectUnauthorized: false, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

/** One certificate that signs itself serves as CA, server and client. */
function makeCertificate(folder: string): { cert: Buffer; key: Buffer } {
  mkdirSync(folder, { recursive: true });
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  run(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/O=system:masters/CN=admin', '-keyout', 'key.pem', '-out', 'cert.pem'],
  );
  run('pkey', '-in', 'key.pem', '-pubout', '-out', 'public.pem');
  return { cert: readFileSync(join(folder, 'cert.pem')), key: readFileSync(join(folder, 'key.pem')) };
}
