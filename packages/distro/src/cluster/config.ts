// What is decided once, when a cluster is created, and kept beside its data.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { EtcdConfig } from '../etcd/etcd_config.ts';
import { isWithin, machineRoutes, type Route } from '../host/routes.ts';
import { UserError } from '../main.ts';
import { type ClusterPaths, clusterPaths, stateRoot } from './paths.ts';

export interface ClusterConfig {
  /** Version of this file's form. */
  form: 1;
  name: string;
  /** 0 for the first cluster of a state folder; others take the next free one, and with it their networks and ports. */
  index: number;
  apiPort: number;
  kubeletPort: number;
  podCidr: string;
  serviceCidr: string;
  /** ClusterIP of the DNS service. */
  dnsAddress: string;
  clusterDomain: string;
  nodeName: string;
  /** The node's own IPv4 address. */
  nodeAddress: string;
  /** Simulated nodes in the server's process; 0 for a cluster of real nodes. */
  fakeNodes: number;
  /** Names of the simulated nodes, where they are not `node-1` and so on: those of the cluster that this one is a copy of. */
  simulatedNodes?: readonly string[] | undefined;
  /** Where objects are, if not in the embedded store. */
  etcd?: EtcdConfig | undefined;
  /** This machine has a server and no node: it was made by `kubets server`. */
  serverOnly?: boolean | undefined;
  /** How long the store's history is kept at least, in milliseconds; absent: five minutes. */
  historyMs?: number | undefined;
  /** Snapshots that the server takes by itself. */
  scheduledSnapshots?: ScheduledSnapshots | undefined;
}

export interface ScheduledSnapshots {
  /** Five fields of cron, in the machine's time. */
  schedule: string;
  /** How many of them are kept. */
  retention: number;
}

/** Undefined where there is no cluster. @throws UserError for a file that is damaged */
export function readClusterConfig(paths: ClusterPaths): ClusterConfig | undefined {
  if (!existsSync(paths.config)) return undefined;
  const config = readIfWhole(paths);
  if (config) return config;
  throw new UserError(
    `${paths.config} is damaged: put it right, or end the cluster with \`kubets down --name ${paths.name}\``,
  );
}

/** For those who go on without it: one damaged cluster must not keep others from being made, nor itself from its end. */
export function readIfWhole(paths: ClusterPaths): ClusterConfig | undefined {
  try {
    const config = JSON.parse(readFileSync(paths.config, 'utf8')) as ClusterConfig;
    return config.form === 1 ? config : undefined;
  } catch {
    return undefined;
  }
}

export function writeClusterConfig(paths: ClusterPaths, config: ClusterConfig): void {
  mkdirSync(paths.root, { recursive: true, mode: 0o700 });
  // Rename replaces whole: a crash leaves the old file or the new one.
  const next = `${paths.config}.next`;
  writeFileSync(next, JSON.stringify(config, null, 2) + '\n', { flush: true });
  renameSync(next, paths.config);
}

/** Whether this machine is a node with containers. */
export function hasAgent({ fakeNodes, serverOnly }: ClusterConfig): boolean {
  return fakeNodes === 0 && !serverOnly;
}

/** Configurations of all clusters of this user on this machine. */
export function listClusters(): ClusterConfig[] {
  const root = stateRoot();
  if (!existsSync(root)) return [];
  const found: ClusterConfig[] = [];
  for (const name of readdirSync(root).sort()) {
    const config = readIfWhole(clusterPaths(name));
    if (config) found.push(config);
  }
  return found;
}

export interface NewClusterOptions {
  name: string;
  fakeNodes: number;
  nodeName: string;
  nodeAddress: string;
  apiPort?: number | undefined;
  kubeletPort?: number | undefined;
  others: readonly ClusterConfig[];
  /** Networks of the machine: those of clusters in other state folders are among them. */
  routes?: readonly Route[];
  /** Whether something listens on a port already. */
  portTaken(port: number): Promise<boolean>;
}

/** Chooses networks and ports that no other cluster of the machine has. */
export async function newClusterConfig(options: NewClusterOptions): Promise<ClusterConfig> {
  const used = new Set(options.others.map((other) => other.index));
  let index = 0;
  while (used.has(index) || (options.fakeNodes === 0 && networksTaken(index, options))) index++;
  if (index > 40)
    throw new Error('40 clusters stand on this machine already: end one with `kubets down --name NAME`');
  const ports = new Set(options.others.flatMap((other) => [other.apiPort, other.kubeletPort]));
  const free = async (from: number) => {
    for (let port = from; port < from + 200; port++) {
      if (!ports.has(port) && !(await options.portTaken(port))) return port;
    }
    throw new Error(`no free port from ${from} to ${from + 199}`);
  };
  // The first cluster keeps the well-known ports, and says so when they are taken; others go round them.
  return {
    form: 1,
    name: options.name,
    index,
    apiPort: options.apiPort ?? (index === 0 && options.fakeNodes === 0 ? 6443 : await free(6443 + index)),
    kubeletPort:
      options.kubeletPort ?? (index === 0 && options.fakeNodes === 0 ? 10250 : await free(10350 + index)),
    ...networksOf(index),
    dnsAddress: `10.${96 + index}.0.10`,
    clusterDomain: 'cluster.local',
    nodeName: options.nodeName,
    nodeAddress: options.nodeAddress,
    fakeNodes: options.fakeNodes,
  };
}

function networksOf(index: number) {
  return { podCidr: `10.${244 - index}.0.0/16`, serviceCidr: `10.${96 + index}.0.0/16` };
}

/** A restored cluster keeps its networks whatever its index is; simulated ones are on no link. */
function networksTaken(
  index: number,
  { others, routes = machineRoutes() }: Pick<NewClusterOptions, 'others' | 'routes'>,
): boolean {
  const taken = [
    ...others
      .filter(({ fakeNodes }) => fakeNodes === 0)
      .flatMap((other) => [other.podCidr, other.serviceCidr]),
    ...routes.map(({ cidr }) => cidr),
  ];
  return Object.values(networksOf(index)).some((range) => taken.some((other) => isWithin(other, range)));
}

const namePattern = /^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/;

/** Cluster names become names of contexts, links and tables. Returns what is wrong, or undefined. */
export function clusterNameProblem(name: string): string | undefined {
  if (namePattern.test(name)) return undefined;
  return `a cluster's name has 1 to 20 lower-case letters, digits and dashes, and begins and ends with a letter or digit: ${JSON.stringify(name)}`;
}
