import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasAgent, listClusters, readClusterConfig } from '../cluster/config.ts';
import { type ClusterPaths, clusterPaths } from '../cluster/paths.ts';
import { type Command, UserError } from '../main.ts';
import { livePid, roles } from '../processes/process_record.ts';
import { type ProcessUsage, processUsage } from '../processes/process_usage.ts';
import { formatBytes } from '../terminal/progress.ts';
import { kubernetesVersion, productVersion } from '../version.ts';
import { pathsOfName } from './cluster_flags.ts';

type ProcessStatus = { pid: number } & ProcessUsage;

export interface ClusterStatus {
  name: string;
  running: boolean;
  versions: { kubets: string; kubernetes: string; node: string };
  /** URL of the API server. */
  address: string;
  nodes: { kind: 'real' | 'simulated'; count: number };
  store: { type: 'lmdb'; path: string; bytes: number } | { type: 'etcd'; endpoints: readonly string[] };
  server?: ProcessStatus;
  agent?: ProcessStatus;
  containerd?: ProcessStatus;
  /** This machine's member, where etcd is managed. */
  etcd?: ProcessStatus;
}

export const status: Command = {
  name: 'status',
  summary: 'say what runs',
  usage: `
kubets status [--name NAME] [-o json]

Without a name: every cluster of this user on this machine. Exits 1 when a named cluster does not run.
`,
  async run(args) {
    const { values: flags } = parseArgs({
      args,
      options: { name: { type: 'string' }, output: { type: 'string', short: 'o' } },
    });
    if (flags.output !== undefined && flags.output !== 'json') {
      throw new UserError(`-o takes json: ${JSON.stringify(flags.output)}`);
    }
    const found = (
      flags.name === undefined
        ? listClusters().map((config) => clusterPaths(config.name))
        : [pathsOfName(flags.name)]
    )
      .map(readStatus)
      .filter((item) => item !== undefined);
    if (flags.output === 'json') {
      const shown = flags.name === undefined ? found : (found[0] ?? { name: flags.name, running: false });
      process.stdout.write(JSON.stringify(shown, null, 2) + '\n');
    } else {
      process.stdout.write(
        found.length === 0 ? 'no cluster: `kubets up` starts one\n' : found.map(describe).join('\n'),
      );
    }
    return flags.name !== undefined && !found[0]?.running ? 1 : 0;
  },
};

/** What runs of a cluster, or undefined when there is none of that name. */
export function readStatus(paths: ClusterPaths): ClusterStatus | undefined {
  const config = readClusterConfig(paths);
  if (!config) return undefined;
  const processes: Partial<Record<(typeof roles)[number], ProcessStatus>> = {};
  for (const role of roles) {
    const pid = livePid(paths, role);
    const usage = pid === undefined ? undefined : processUsage(pid);
    if (pid !== undefined && usage) processes[role] = { pid, ...usage };
  }
  return {
    name: config.name,
    running: processes.server !== undefined && (!hasAgent(config) || processes.agent !== undefined),
    versions: { kubets: productVersion, kubernetes: kubernetesVersion, node: process.version },
    address: `https://127.0.0.1:${config.apiPort}`,
    nodes: {
      kind: config.fakeNodes > 0 ? 'simulated' : 'real',
      count: config.serverOnly ? 0 : Math.max(1, config.fakeNodes),
    },
    store: config.etcd
      ? { type: 'etcd', endpoints: config.etcd.endpoints }
      : { type: 'lmdb', path: paths.store, bytes: folderBytes(paths.store) },
    ...processes,
  };
}

function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  // Blocks, not lengths: LMDB's file is sparse.
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).blocks * 512, 0);
}

function describeStore(store: ClusterStatus['store']): string {
  return store.type === 'lmdb' ? `lmdb ${formatBytes(store.bytes)}` : `etcd ${store.endpoints.join(',')}`;
}

function describe(item: ClusterStatus): string {
  const rows = [
    `${item.name}: ${item.running ? 'running' : 'stopped'}, ${item.address}, ${item.nodes.count} ${item.nodes.kind} node${item.nodes.count === 1 ? '' : 's'}, store ${describeStore(item.store)}`,
  ];
  for (const role of roles) {
    const usage = item[role];
    if (usage) {
      rows.push(
        `  ${role.padEnd(11)} pid ${String(usage.pid).padEnd(8)} ${formatBytes(usage.memoryBytes).padStart(7)}  cpu ${usage.cpuSeconds.toFixed(1)} s`,
      );
    }
  }
  return rows.join('\n') + '\n';
}
