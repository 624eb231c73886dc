// Where a cluster keeps things. All of it stands in two folders: state (kept) and run (gone at reboot).
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

export interface ClusterPaths {
  name: string;
  /** What links, tables and cgroups are named after: no other cluster of the machine has it, whatever its state folder. */
  machineName: string;
  root: string;
  config: string;
  pki: string;
  kubeconfigs: string;
  store: string;
  snapshots: string;
  /** Data of this machine's member, where etcd is managed. */
  etcd: string;
  /** What servers of one cluster show each other. */
  serverSecret: string;
  logs: string;
  /** The kubelet's own folder: volumes of pods. */
  kubelet: string;
  podLogs: string;
  containerdRoot: string;
  containerdConfig: string;
  cniConfig: string;
  cniState: string;
  images: string;
  /** Sockets, pids and the state of running containers. */
  run: string;
  containerdState: string;
  containerdSocket: string;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

const rootsOwn = '/var/lib/kubets';

/**
 * The folder of all clusters: `/var/lib/kubets` for root, below the user's state folder for others. Without symbolic
 * links, as the kernel names mounts: what is mounted in a cluster's folder must be found before the folder is removed.
 */
export function stateRoot(): string {
  return realPath(givenStateRoot());
}

function givenStateRoot(): string {
  if (process.env.KUBETS_STATE_DIR) return resolve(process.env.KUBETS_STATE_DIR);
  if (isRoot()) return rootsOwn;
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'kubets');
}

/** Of a path whose end may not be there yet. */
function realPath(path: string): string {
  if (existsSync(path) || path === dirname(path)) return realpathSync(path);
  return join(realPath(dirname(path)), basename(path));
}

function runRoot(): string {
  if (process.env.KUBETS_STATE_DIR) return join(stateRoot(), '.run');
  if (isRoot()) return '/run/kubets';
  return join(process.env.XDG_RUNTIME_DIR ?? join(tmpdir(), `kubets-${userInfo().uid}`), 'kubets');
}

export function clusterPaths(name: string): ClusterPaths {
  const root = join(stateRoot(), name);
  const run = join(runRoot(), name);
  return {
    name,
    machineName: machineName(name),
    root,
    config: join(root, 'cluster.json'),
    pki: join(root, 'pki'),
    kubeconfigs: join(root, 'kubeconfigs'),
    store: join(root, 'store'),
    snapshots: join(root, 'snapshots'),
    etcd: join(root, 'etcd'),
    serverSecret: join(root, 'server-secret'),
    logs: join(root, 'logs'),
    kubelet: join(root, 'kubelet'),
    podLogs: join(root, 'pod-logs'),
    containerdRoot: join(root, 'containerd'),
    containerdConfig: join(root, 'containerd.toml'),
    cniConfig: join(root, 'cni', 'net.d'),
    cniState: join(root, 'cni', 'state'),
    images: join(root, 'images'),
    run,
    containerdState: join(run, 'containerd'),
    containerdSocket: join(run, 'containerd.sock'),
  };
}

/** Names of clusters differ within a state folder only; in the usual one they stand for themselves. */
function machineName(name: string): string {
  const root = stateRoot();
  if (root === realPath(rootsOwn)) return name;
  return `${name}-${createHash('sha256').update(root).digest('hex').slice(0, 6)}`;
}
