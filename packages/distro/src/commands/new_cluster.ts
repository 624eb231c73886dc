// Flags by which a cluster is made or joined, for `up` and `server` alike.
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorMessage } from '@kubets/base';
import { readCronSchedule } from '@kubets/resources';
import { ensurePki } from '../certificates/cluster_pki.ts';
import {
  type ClusterConfig,
  listClusters,
  newClusterConfig,
  readClusterConfig,
  type ScheduledSnapshots,
} from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { type EtcdConfig, type ManagedEtcd, peerUrl } from '../etcd/etcd_config.ts';
import { nodeAddress, nodeName, portTaken } from '../host/addresses.ts';
import { writeSharedFiles } from '../join/join_bundle.ts';
import { joinCluster } from '../join/join_cluster.ts';
import { ensureServerSecret, parseServerToken, writeServerSecret } from '../join/server_token.ts';
import { UserError } from '../main.ts';
import { wholeNumber } from './cluster_flags.ts';

const text = { type: 'string' } as const;

export const newClusterFlags = {
  'fake-nodes': text,
  port: text,
  'kubelet-port': text,
  address: text,
  'node-name': text,
  store: text,
  'etcd-cafile': text,
  'etcd-certfile': text,
  'etcd-keyfile': text,
  'cluster-init': { type: 'boolean' },
  join: text,
  server: text,
  token: text,
  'snapshot-schedule': text,
  'snapshot-retention': text,
  'keep-history': text,
} as const;

export const newClusterUsage = `
  --fake-nodes N     N simulated nodes instead of real containers: no root, any system
  --port PORT        port of the API server (6443, or the next free one for further clusters)
  --kubelet-port P   port of the kubelet (10250)
  --address IP       this machine's address, where others reach it
  --node-name NAME   this machine's name as a node (its host name)
  --store STORE      lmdb, the embedded store; or etcd=URL,URL,... with
                     --etcd-cafile, --etcd-certfile, --etcd-keyfile
  --cluster-init     the first of several servers, with an etcd of their own
  --join URL         one more server of the cluster that URL is a server of (also --server)
  --token TOKEN      what \`kubets token\` prints on a server that is there
  --snapshot-schedule CRON   when the server takes snapshots (with an etcd of its own: 0 */12 * * *)
  --snapshot-retention N     how many of them are kept (5)
  --keep-history TIME        how far \`kubets history\` reaches back at least (5m; up to 7d)
`;

export interface NewClusterFlags {
  'fake-nodes'?: string | undefined;
  port?: string | undefined;
  'kubelet-port'?: string | undefined;
  address?: string | undefined;
  'node-name'?: string | undefined;
  store?: string | undefined;
  'etcd-cafile'?: string | undefined;
  'etcd-certfile'?: string | undefined;
  'etcd-keyfile'?: string | undefined;
  'cluster-init'?: boolean | undefined;
  join?: string | undefined;
  server?: string | undefined;
  token?: string | undefined;
  'snapshot-schedule'?: string | undefined;
  'snapshot-retention'?: string | undefined;
  'keep-history'?: string | undefined;
}

/** Whether the flags say which cluster to make. */
export function asksForCluster(flags: NewClusterFlags): boolean {
  return flags['cluster-init'] === true || (flags.join ?? flags.server ?? flags.store) !== undefined;
}

/** The configuration of a cluster that is there, or of one that the flags ask for. @throws UserError */
export async function configFromFlags(paths: ClusterPaths, flags: NewClusterFlags): Promise<ClusterConfig> {
  const known = readClusterConfig(paths);
  const fakeNodes = wholeNumber('fake-nodes', flags['fake-nodes'], 1, 5000);
  if (known) {
    refuseOtherShape(known, fakeNodes, flags);
    return withTimes(known, flags);
  }
  const fresh = await newClusterConfig({
    name: paths.name,
    fakeNodes: fakeNodes ?? 0,
    nodeName: flags['node-name'] ?? (fakeNodes ? 'localhost' : nodeName()),
    nodeAddress: flags.address ?? (fakeNodes ? '127.0.0.1' : (nodeAddress() ?? '127.0.0.1')),
    ...portsFromFlags(flags),
    others: listClusters(),
    portTaken,
  });
  const config = { ...fresh, ...historyOf(flags) };
  const url = flags.join ?? flags.server;
  if (url !== undefined && flags['cluster-init'])
    throw new UserError('--cluster-init makes a cluster, --join enters one that is there: use one of them');
  if ((url !== undefined || flags['cluster-init']) && flags.store !== undefined)
    throw new UserError(
      '--store says where a single server keeps its objects: not with --cluster-init or --join',
    );
  if (url !== undefined) return joined(paths, config, { ...flags, join: url });
  if (flags['cluster-init']) return initialized(paths, config, flags);
  return { ...config, etcd: externalEtcd(flags), ...snapshotsOf(flags, config) };
}

export function portsFromFlags(flags: NewClusterFlags): {
  apiPort: number | undefined;
  kubeletPort: number | undefined;
} {
  return {
    apiPort: wholeNumber('port', flags.port, 1, 65535),
    kubeletPort: wholeNumber('kubelet-port', flags['kubelet-port'], 1, 65535),
  };
}

/** With the times of snapshots and history that the flags give, where they do. */
export function withTimes(config: ClusterConfig, flags: NewClusterFlags): ClusterConfig {
  return { ...config, ...snapshotsOf(flags, config), ...historyOf(flags) };
}

function refuseOtherShape(known: ClusterConfig, fakeNodes: number | undefined, flags: NewClusterFlags): void {
  const end = `end it with \`kubets down --name ${known.name}\` first`;
  if (fakeNodes !== undefined && known.fakeNodes !== fakeNodes) {
    const nodes = known.fakeNodes === 0 ? 'real nodes' : `${known.fakeNodes} simulated nodes`;
    throw new UserError(`cluster ${known.name} exists with ${nodes}: ${end}`);
  }
  refuseOtherStore(known, flags);
}

/** A cluster that is there keeps its objects where they are. @throws UserError */
export function refuseOtherStore(known: ClusterConfig, flags: NewClusterFlags): void {
  const wanted = flags.store === undefined ? undefined : externalEtcd(flags);
  const differs = flags.store !== undefined && wanted?.endpoints.join() !== known.etcd?.endpoints.join();
  if (differs || (flags['cluster-init'] && !known.etcd?.managed)) {
    const store = known.etcd ? 'etcd' : 'the embedded store';
    throw new UserError(
      `cluster ${known.name} keeps its objects in ${store}: move it with \`kubets snapshot save\` and \`restore\``,
    );
  }
}

/** `lmdb`, or `etcd=URL,URL`. */
export function externalEtcd(flags: NewClusterFlags): EtcdConfig | undefined {
  const { store } = flags;
  if (store === undefined || store === 'lmdb') return undefined;
  const endpoints = /^etcd=(.+)$/
    .exec(store)?.[1]
    ?.split(',')
    .filter((url) => url !== '');
  if (!endpoints?.length)
    throw new UserError(`--store takes lmdb or etcd=URL,URL,...: ${JSON.stringify(store)}`);
  for (const flag of ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile'] as const) {
    if (flags[flag] && !existsSync(flags[flag])) throw new UserError(`--${flag}: no file ${flags[flag]}`);
  }
  return {
    endpoints,
    caFile: flags['etcd-cafile'],
    certificateFile: flags['etcd-certfile'],
    keyFile: flags['etcd-keyfile'],
  };
}

export async function initialized(
  paths: ClusterPaths,
  config: ClusterConfig,
  flags: NewClusterFlags,
): Promise<ClusterConfig> {
  const member = await ownMember(config);
  const initialCluster = `${member.name}=${peerUrl(member)}`;
  if (flags.token) writeServerSecret(paths, secretOf(flags.token));
  else ensureServerSecret(paths);
  return withMember(config, { ...member, initialCluster, initialState: 'new' }, [], flags);
}

async function joined(
  paths: ClusterPaths,
  config: ClusterConfig,
  flags: NewClusterFlags & { join: string },
): Promise<ClusterConfig> {
  if (!flags.token)
    throw new UserError('--join needs --token: `kubets token` prints it on a server that is there');
  const token = parseServerToken(existsSync(flags.token) ? readFileSync(flags.token, 'utf8') : flags.token);
  if (!URL.canParse(flags.join) || new URL(flags.join).protocol !== 'https:')
    throw new UserError(`--join takes a URL like https://10.0.0.1:6443: ${flags.join}`);
  const member = await ownMember(config);
  const bundle = await joinCluster({
    server: flags.join,
    token,
    name: member.name,
    peerUrl: peerUrl(member),
    onWait: (reason) => process.stderr.write(`waiting for a place in etcd: ${reason}\n`),
  });
  writeSharedFiles(paths, bundle.files);
  writeServerSecret(paths, token.secret);
  const { initialCluster, endpoints } = bundle.etcd;
  const whole = { ...config, ...bundle.networks };
  await ensurePki(paths, whole, Date.now());
  return withMember(whole, { ...member, initialCluster, initialState: 'existing' }, endpoints, flags);
}

function secretOf(token: string): string {
  return token.startsWith('K10') ? parseServerToken(token).secret : token;
}

async function ownMember(
  config: ClusterConfig,
): Promise<Omit<ManagedEtcd, 'initialCluster' | 'initialState'>> {
  const free = async (from: number) => {
    let port = from;
    while (await portTaken(port)) port += 10;
    return port;
  };
  return {
    name: `${hostname().toLowerCase()}-${crypto.randomUUID().slice(0, 8)}`,
    address: config.nodeAddress,
    clientPort: await free(2379),
    peerPort: await free(2380),
  };
}

/** The others come first while this member is new: it answers when it has caught up. */
function withMember(
  config: ClusterConfig,
  managed: ManagedEtcd,
  others: readonly string[],
  flags: NewClusterFlags,
): ClusterConfig {
  const endpoints = [...others, `https://127.0.0.1:${managed.clientPort}`];
  const scheduled = snapshotsOf(flags, config).scheduledSnapshots;
  const scheduledSnapshots = scheduled ?? { schedule: '0 */12 * * *', retention: 5 };
  return { ...config, etcd: { endpoints, managed }, scheduledSnapshots };
}

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestHistoryMs = 7 * 86_400_000;

function historyOf(flags: NewClusterFlags): { historyMs?: number } {
  const given = flags['keep-history'];
  if (given === undefined) return {};
  const [, count, unit] = /^(\d+)(m|h|d)$/.exec(given) ?? [];
  const historyMs = Number(count) * (unitMs[unit!] ?? Number.NaN);
  if (!(historyMs >= 60_000 && historyMs <= longestHistoryMs)) {
    throw new UserError(`--keep-history takes a time from 1m to 7d: ${JSON.stringify(given)}`);
  }
  return { historyMs };
}

function snapshotsOf(
  flags: NewClusterFlags,
  config: ClusterConfig,
): { scheduledSnapshots?: ScheduledSnapshots | undefined } {
  const schedule = flags['snapshot-schedule'] ?? config.scheduledSnapshots?.schedule;
  const retention = wholeNumber('snapshot-retention', flags['snapshot-retention'], 1, 1_000);
  if (schedule === undefined) {
    if (retention !== undefined) throw new UserError('--snapshot-retention needs --snapshot-schedule');
    return {};
  }
  try {
    readCronSchedule(schedule);
  } catch (error) {
    throw new UserError(`--snapshot-schedule: ${errorMessage(error)}`);
  }
  return {
    scheduledSnapshots: { schedule, retention: retention ?? config.scheduledSnapshots?.retention ?? 5 },
  };
}
