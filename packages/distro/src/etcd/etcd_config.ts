// What a cluster whose objects are in etcd knows of it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EtcdTls } from '@kubets/storage/etcd/etcd_endpoint.ts';
import type { ClusterPaths } from '../cluster/paths.ts';

export interface EtcdConfig {
  /** Client URLs of all members, the nearest first. */
  endpoints: readonly string[];
  /** PEM files; with a managed etcd those below pki/. */
  caFile?: string | undefined;
  certificateFile?: string | undefined;
  keyFile?: string | undefined;
  /** The member that this cluster's processes run on this machine; absent: etcd is somebody else's. */
  managed?: ManagedEtcd | undefined;
}

export interface ManagedEtcd {
  /** Of the member; unlike that of any other. */
  name: string;
  /** Where the other members reach this one. */
  address: string;
  clientPort: number;
  peerPort: number;
  /** `name=peerURL,...` as it was when this member joined: read by etcd at its first start only. */
  initialCluster: string;
  initialState: 'new' | 'existing';
}

export function clientUrl({ address, clientPort }: ManagedEtcd): string {
  return `https://${host(address)}:${clientPort}`;
}

export function peerUrl({ address, peerPort }: Pick<ManagedEtcd, 'address' | 'peerPort'>): string {
  return `https://${host(address)}:${peerPort}`;
}

function host(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** What a client of etcd shows and trusts. */
export function etcdTls(paths: ClusterPaths, etcd: EtcdConfig): EtcdTls | undefined {
  const read = (given: string | undefined, own: string) => {
    const file = given ?? (etcd.managed ? join(paths.pki, own) : undefined);
    return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const tls: EtcdTls = {
    ca: read(etcd.caFile, 'etcd-ca.crt'),
    certificate: read(etcd.certificateFile, 'etcd-client.crt'),
    key: read(etcd.keyFile, 'etcd-client.key'),
  };
  return tls.ca || tls.certificate ? tls : undefined;
}
