// Starts what users start, so that V8 has compiled the functions of a start when its code is kept.
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { type Logger, silentLogger } from '@kubets/base';
import {
  type ClusterConfig,
  newClusterConfig,
  readClusterConfig,
  writeClusterConfig,
} from '../../cluster/config.ts';
import { type ClusterPaths, clusterPaths } from '../../cluster/paths.ts';
import { portTaken } from '../../host/addresses.ts';

/** By command; `''` comes first and makes the cluster, of one simulated node below KUBETS_STATE_DIR, of the others. */
export const warmUps: Readonly<Record<string, () => Promise<void>>> = {
  '': makeCluster,
  async server() {
    const { runServer } = await import('../../processes/run_server.ts');
    await serve((cluster, signal, log) => runServer({ ...cluster, signal, log }));
  },
  async apiserver() {
    const { runApiServer } = await import('../../processes/run_api_server.ts');
    await serve((cluster, signal, log) => runApiServer({ ...apiServerOptions(cluster), signal, log }));
  },
};

interface Cluster {
  paths: ClusterPaths;
  config: ClusterConfig;
}

async function makeCluster(): Promise<void> {
  const { ensurePki } = await import('../../certificates/cluster_pki.ts');
  const paths = clusterPaths('warm-up');
  const config = await newClusterConfig({
    name: paths.name,
    fakeNodes: 1,
    nodeName: 'localhost',
    nodeAddress: '127.0.0.1',
    others: [],
    portTaken,
  });
  writeClusterConfig(paths, config);
  await ensurePki(paths, config, Date.now());
}

/** Once with what is there, which may be nothing, and once more with what a first start has made. */
async function serve(run: (cluster: Cluster, signal: AbortSignal, log: Logger) => Promise<void>) {
  const paths = clusterPaths('warm-up');
  const cluster = { paths, config: readClusterConfig(paths)! };
  for (let round = 0; round < 2; round++) {
    await untilReady(
      (signal, log) => run(cluster, signal, log),
      () => askServer(cluster),
    );
  }
  // Functions of the library that writes lines.
  const { processLogger } = await import('../../terminal/log.ts');
  processLogger('warm-up', 'silent').with({ part: 'warm-up' }).info('ready');
}

/** Runs a server, uses it when it says that it is ready, and ends it. */
async function untilReady(
  run: (signal: AbortSignal, log: Logger) => Promise<void>,
  use: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  let becomeReady = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const log: Logger = {
    ...silentLogger,
    info: (message) => message === 'ready' && becomeReady(),
    with: () => log,
  };
  const running = run(stop.signal, log);
  // A server that ends by itself has failed.
  await Promise.race([ready, running]);
  await use();
  stop.abort();
  await running;
}

/** Something that goes through the whole server. */
function askServer({ paths, config }: Cluster): Promise<void> {
  const pki = (name: string) => readFileSync(join(paths.pki, name));
  const tls = { ca: pki('ca.crt'), cert: pki('admin.crt'), key: pki('admin.key') };
  const session = connect(`https://127.0.0.1:${config.apiPort}`, tls);
  return new Promise<void>((resolve, reject) => {
    session.once('error', reject);
    session.request({ ':path': '/api/v1/nodes' }).once('end', resolve).once('error', reject).resume();
  }).finally(() => session.close());
}

function apiServerOptions({ paths, config }: Cluster) {
  const pki = (name: string) => join(paths.pki, name);
  return {
    clientCaFile: pki('ca.crt'),
    certificateFile: pki('server.crt'),
    keyFile: pki('server.key'),
    serviceAccountKeyFile: pki('service-account.pub'),
    serviceAccountSigningKeyFile: pki('service-account.key'),
    serviceAccountIssuer: 'https://kubernetes.default.svc.cluster.local',
    serviceCidr: config.serviceCidr,
    nodePortRange: { from: 30_000, to: 32_767 },
    host: '127.0.0.1',
    port: config.apiPort,
    storePath: paths.store,
  };
}
