// What a server that joins is given: the cluster's keys, its networks, and a place in etcd.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';

export interface JoinBundle {
  networks: Pick<ClusterConfig, 'podCidr' | 'serviceCidr' | 'dnsAddress' | 'clusterDomain'>;
  /** Files below pki/ that all servers share. */
  files: Record<string, string>;
  etcd: {
    /** `name=peerURL,...` with the joining member. */
    initialCluster: string;
    /** Client URLs of the members that are there. */
    endpoints: string[];
  };
}

const sharedFiles = [
  'ca.crt',
  'ca.key',
  'service-account.key',
  'service-account.pub',
  'admin.crt',
  'admin.key',
  'etcd-ca.crt',
  'etcd-ca.key',
];

export function readSharedFiles(paths: ClusterPaths): Record<string, string> {
  return Object.fromEntries(sharedFiles.map((name) => [name, readFileSync(join(paths.pki, name), 'utf8')]));
}

/** Only names that a bundle may have are written, whatever it holds. */
export function writeSharedFiles(paths: ClusterPaths, files: Record<string, string>): void {
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
  for (const name of sharedFiles) {
    const text = files[name];
    if (text === undefined) throw new Error(`the other server did not give ${name}`);
    writeFileSync(join(paths.pki, name), text, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
  }
}
