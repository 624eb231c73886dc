import { parseArgs } from 'node:util';
import { ensurePki, readKeyPair } from '../certificates/cluster_pki.ts';
import { mergeIntoKubeconfig, userKubeconfigPath } from '../certificates/kubeconfig.ts';
import {
  type ClusterConfig,
  listClusters,
  newClusterConfig,
  readClusterConfig,
  writeClusterConfig,
} from '../cluster/config.ts';
import { type ClusterPaths, isRoot } from '../cluster/paths.ts';
import { clusterReady } from '../cluster/readiness.ts';
import { nodeAddress, nodeName, portTaken } from '../host/addresses.ts';
import { findCniPlugins, findTool, inotifyInstances, preflightProblems } from '../host/preflight.ts';
import { type Command, UserError } from '../main.ts';
import { livePid, type Role } from '../processes/process_record.ts';
import { spawnDetached } from '../processes/process_spawn.ts';
import { lineProgress } from '../terminal/progress.ts';
import { pathsOfName, wholeNumber } from './cluster_flags.ts';

export const up: Command = {
  name: 'up',
  summary: 'start a cluster, or say that it is up',
  usage: `
kubets up [--name NAME] [--fake-nodes N] [--port PORT]

  --name NAME        the cluster's name, and its context's in the kubeconfig (kubets)
  --fake-nodes N     N simulated nodes instead of real containers: no root, any system
  --port PORT        port of the API server (6443, or the next free one for further clusters)
  --kubelet-port P   port of the kubelet (10250)
`,
  async run(args) {
    const { values: flags } = parseArgs({
      args,
      options: {
        name: { type: 'string' },
        'fake-nodes': { type: 'string' },
        port: { type: 'string' },
        'kubelet-port': { type: 'string' },
      },
    });
    const paths = pathsOfName(flags.name);
    const fakeNodes = wholeNumber('fake-nodes', flags['fake-nodes'], 1, 5000);
    const known = readClusterConfig(paths);
    if (known && fakeNodes !== undefined && known.fakeNodes !== fakeNodes) {
      throw new UserError(
        `cluster ${paths.name} exists with ${known.fakeNodes === 0 ? 'real nodes' : `${known.fakeNodes} simulated nodes`}: end it with \`kubets down --name ${paths.name}\` first`,
      );
    }
    const config =
      known ??
      (await newClusterConfig({
        name: paths.name,
        fakeNodes: fakeNodes ?? 0,
        nodeName: fakeNodes ? 'localhost' : nodeName(),
        nodeAddress: fakeNodes ? '127.0.0.1' : (nodeAddress() ?? '127.0.0.1'),
        apiPort: wholeNumber('port', flags.port, 1, 65535),
        kubeletPort: wholeNumber('kubelet-port', flags['kubelet-port'], 1, 65535),
        others: listClusters(),
        portTaken,
      }));
    const wanted: Role[] = config.fakeNodes > 0 ? ['server'] : ['server', 'agent'];
    const missing = wanted.filter((role) => livePid(paths, role) === undefined);
    if (missing.length === 0) {
      announce(paths, config, 'is up already');
      return 0;
    }
    await refuseIfUnfit(config, missing);
    writeClusterConfig(paths, config);
    await bringUp(paths, config, missing);
    return 0;
  },
};

async function refuseIfUnfit(config: ClusterConfig, missing: readonly Role[]): Promise<void> {
  const taken = async (port: number) =>
    // A port that this cluster's own living process holds is in order.
    (port === config.apiPort ? missing.includes('server') : missing.includes('agent')) && portTaken(port);
  const problems =
    config.fakeNodes > 0
      ? (await taken(config.apiPort))
        ? [
            `port ${config.apiPort}, for the API server, is taken by another program: stop it or choose one with --port`,
          ]
        : []
      : await preflightProblems({
          platform: process.platform,
          root: isRoot(),
          apiPort: config.apiPort,
          kubeletPort: config.kubeletPort,
          portTaken: taken,
          findTool,
          cniPlugins: findCniPlugins(),
          inotifyInstances: inotifyInstances(),
        });
  if (problems.length > 0) throw new UserError(problems.join('\n           '));
}

async function bringUp(paths: ClusterPaths, config: ClusterConfig, missing: readonly Role[]): Promise<void> {
  const start = performance.now();
  const progress = lineProgress();
  process.stderr.write(`Starting cluster ${config.name}\n`);
  await progress.step('certificates', () => ensurePki(paths, config, Date.now()));
  // Both at once: the agent waits for the server by itself.
  for (const role of missing) spawnRole(paths, role);
  await progress.step('API server, controllers, scheduler', () =>
    clusterReady(paths, config, 'server', 30_000),
  );
  const nodes = config.fakeNodes > 0 ? `${config.fakeNodes} simulated nodes` : `node ${config.nodeName}`;
  await progress.step(`${nodes} Ready`, () => clusterReady(paths, config, 'nodes', 60_000));
  const ca = readKeyPair(paths, 'ca').certificate;
  mergeIntoKubeconfig(userKubeconfigPath(), {
    name: config.name,
    server: `https://127.0.0.1:${config.apiPort}`,
    ca,
    ...readKeyPair(paths, 'admin'),
  });
  announce(paths, config, `is up after ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function spawnRole(paths: ClusterPaths, role: Role): void {
  spawnDetached({
    paths,
    role,
    command: process.execPath,
    args: ['--enable-source-maps', process.argv[1]!, role, '--name', paths.name],
  });
}

function announce(paths: ClusterPaths, config: ClusterConfig, what: string): void {
  const name = config.name === 'kubets' ? '' : ` --name ${config.name}`;
  process.stdout.write(`
Cluster ${config.name} ${what}.

  context     ${config.name}, current in ${userKubeconfigPath()}
  API server  https://127.0.0.1:${config.apiPort}
  logs        ${paths.logs}

Try it:
  kubectl get nodes
  kubectl apply -f examples/guide/
  kubectl get pods -A
  npx kubets status${name}
  npx kubets down${name}
`);
}
