// This machine's member of a managed etcd: a process of its own that outlives the server, like containerd.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPaths } from '../cluster/paths.ts';
import { accepts } from '../host/accepts.ts';
import { findTool } from '../host/preflight.ts';
import { livePid } from '../processes/process_record.ts';
import { logTail, spawnDetached } from '../processes/process_spawn.ts';
import { clientUrl, type ManagedEtcd, peerUrl } from './etcd_config.ts';

const startTimeoutMs = 30_000;

/** Resolves when the member takes connections; without its peers it cannot do more. */
export async function ensureEtcd(paths: ClusterPaths, member: ManagedEtcd): Promise<void> {
  if (livePid(paths, 'etcd') === undefined) startEtcd(paths, member);
  const end = Date.now() + startTimeoutMs;
  while (!(await accepts({ host: '127.0.0.1', port: member.clientPort }))) {
    if (livePid(paths, 'etcd') === undefined) {
      throw new Error(`etcd ended; the end of its log:\n${logTail(paths, 'etcd')}`);
    }
    // A member that waits for a quorum listens already or soon; it is not dead.
    if (Date.now() > end) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function startEtcd(paths: ClusterPaths, member: ManagedEtcd): void {
  const etcd = findTool('etcd');
  if (!etcd) throw new Error('etcd is not installed: run `apt-get install etcd-server`');
  mkdirSync(paths.etcd, { recursive: true, mode: 0o700 });
  const pki = (name: string) => join(paths.pki, name);
  const local = `https://127.0.0.1:${member.clientPort}`;
  const client = clientUrl(member);
  spawnDetached({
    paths,
    role: 'etcd',
    command: etcd,
    args: [
      `--name=${member.name}`,
      `--data-dir=${paths.etcd}`,
      `--listen-client-urls=${[...new Set([local, client])].join(',')}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peerUrl(member)}`,
      `--initial-advertise-peer-urls=${peerUrl(member)}`,
      `--initial-cluster=${member.initialCluster}`,
      `--initial-cluster-state=${member.initialState}`,
      `--initial-cluster-token=kubets-${paths.name}`,
      `--cert-file=${pki('etcd-server.crt')}`,
      `--key-file=${pki('etcd-server.key')}`,
      `--trusted-ca-file=${pki('etcd-ca.crt')}`,
      '--client-cert-auth=true',
      `--peer-cert-file=${pki('etcd-peer.crt')}`,
      `--peer-key-file=${pki('etcd-peer.key')}`,
      `--peer-trusted-ca-file=${pki('etcd-ca.crt')}`,
      '--peer-client-cert-auth=true',
      '--logger=zap',
      '--log-level=warn',
      // Compaction is the API servers', as with upstream's.
      '--snapshot-count=10000',
    ],
  });
}
