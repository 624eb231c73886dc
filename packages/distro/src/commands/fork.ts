import { parseArgs } from 'node:util';
import { decodeFrames } from '@kubets/storage/snapshot/index.ts';
import {
  type ClusterConfig,
  listClusters,
  newClusterConfig,
  readClusterConfig,
  writeClusterConfig,
} from '../cluster/config.ts';
import { aloneWith, aloneWithAll } from '../cluster/in_turn.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { clusterReady } from '../cluster/readiness.ts';
import { portTaken } from '../host/addresses.ts';
import { type Command, UserError } from '../main.ts';
import { stopProcess } from '../processes/process_record.ts';
import { restoreCluster } from '../snapshots/restore_cluster.ts';
import { clusterSnapshot } from '../snapshots/snapshot_source.ts';
import { pathsOfName } from './cluster_flags.ts';
import { removeCluster } from './down.ts';
import { requireCluster } from './require_cluster.ts';
import { addContext, announce, spawnRole } from './up.ts';

export const fork: Command = {
  name: 'fork',
  summary: 'a copy of a live cluster on simulated nodes, to try something out',
  usage: `
kubets fork NEW [--name NAME]

Copies every object of cluster NAME (kubets) as it is at this moment into a cluster of its own. Each node of it becomes
a simulated one of the same name; pods run simulated containers. The original notices nothing. End it with
\`kubets down --name NEW\`.
`,
  async run(args) {
    const { values: flags, positionals } = parseArgs({
      args,
      options: { name: { type: 'string' } },
      allowPositionals: true,
    });
    const [name, ...rest] = positionals;
    if (!name || rest.length > 0) throw new UserError('usage: kubets fork NEW [--name NAME]');
    const from = pathsOfName(flags.name);
    const source = requireCluster(from);
    const paths = pathsOfName(name);
    await aloneWith(paths, () => makeFork(from, source, paths));
    return 0;
  },
};

async function makeFork(from: ClusterPaths, source: ClusterConfig, paths: ClusterPaths): Promise<void> {
  if (readClusterConfig(paths)) throw new UserError(`cluster ${paths.name} exists: choose another name`);
  const started = performance.now();
  // Of a fork that was killed: it would wait for the same store.
  await stopProcess(paths, 'server', 0);
  // The process takes longer to load than the store to copy: both at once.
  spawnRole(paths, 'server', ['--await-store']);
  const config = await copyCluster(from, source, paths).catch(async (error) => {
    await stopProcess(paths, 'server', 0);
    removeCluster(paths);
    throw error;
  });
  // The nodes are there, Ready as they were; their kubelets take over while the caller reads this.
  await clusterReady(paths, config, 'server', 30_000);
  addContext(paths, config);
  announce(paths, config, `is up after ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function copyCluster(
  from: ClusterPaths,
  source: ClusterConfig,
  paths: ClusterPaths,
): Promise<ClusterConfig> {
  const { config } = await restoreCluster({
    frames: decodeFrames(clusterSnapshot(from, source)),
    paths,
    sameMachine: true,
    newConfig: (nodes) =>
      aloneWithAll(paths, async () => {
        const config = await configOf(paths.name, source, nodes);
        writeClusterConfig(paths, config);
        return config;
      }),
  });
  return config;
}

async function configOf(
  name: string,
  source: ClusterConfig,
  nodes: readonly string[],
): Promise<ClusterConfig> {
  const fresh = await newClusterConfig({
    name,
    fakeNodes: Math.max(1, nodes.length),
    nodeName: 'localhost',
    nodeAddress: '127.0.0.1',
    others: listClusters(),
    portTaken,
  });
  const { podCidr, serviceCidr, dnsAddress, clusterDomain } = source;
  const simulatedNodes = nodes.length > 0 ? nodes : undefined;
  return { ...fresh, podCidr, serviceCidr, dnsAddress, clusterDomain, simulatedNodes };
}
