// The files below pki/ and kubeconfigs/ of a cluster. What is there stays; what is missing is made.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { etcdCertificates } from '../etcd/etcd_certificates.ts';
import {
  createAuthority,
  createSigningKey,
  type KeyPair,
  type LeafOptions,
  signLeaf,
} from './certificates.ts';
import { formatKubeconfig } from './kubeconfig.ts';

/** Names of the key pairs of a cluster. */
export type Identity = 'server' | 'kubelet-server' | 'admin' | 'kubelet' | 'agent' | 'server-kubelet-client';

export function readKeyPair(paths: ClusterPaths, name: Identity | 'ca'): KeyPair {
  return {
    certificate: readFileSync(join(paths.pki, `${name}.crt`), 'utf8'),
    key: readFileSync(join(paths.pki, `${name}.key`), 'utf8'),
  };
}

export function kubeconfigPath(paths: ClusterPaths, identity: Identity): string {
  return join(paths.kubeconfigs, `${identity}.yaml`);
}

export async function ensurePki(paths: ClusterPaths, config: ClusterConfig, nowMs: number): Promise<void> {
  for (const folder of [paths.pki, paths.kubeconfigs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ca = await ensurePair(paths, 'ca', () => createAuthority({ commonName: 'kubernetes', nowMs }));
  const leaf = (name: Identity, options: Omit<LeafOptions, 'nowMs'>) =>
    ensurePair(paths, name, () => signLeaf(ca, { ...options, nowMs }));
  const serviceAddress = config.serviceCidr.replace(/\.0\/\d+$/, '.1');
  await Promise.all([
    leaf('server', {
      commonName: 'kube-apiserver',
      usage: ['server'],
      dnsNames: [
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        `kubernetes.default.svc.${config.clusterDomain}`,
        'localhost',
        config.nodeName,
      ],
      ipAddresses: [...new Set(['127.0.0.1', '::1', serviceAddress, config.nodeAddress])],
    }),
    leaf('kubelet-server', {
      commonName: `system:node:${config.nodeName}`,
      organizations: ['system:nodes'],
      usage: ['server'],
      dnsNames: [config.nodeName, 'localhost'],
      ipAddresses: [...new Set(['127.0.0.1', config.nodeAddress])],
    }),
    leaf('admin', { commonName: 'kubernetes-admin', organizations: ['system:masters'], usage: ['client'] }),
    leaf('kubelet', {
      commonName: `system:node:${config.nodeName}`,
      organizations: ['system:nodes'],
      usage: ['client'],
    }),
    // Service proxy and DNS of the node.
    leaf('agent', { commonName: 'kubets:node-network', usage: ['client'] }),
    leaf('server-kubelet-client', {
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['system:masters'],
      usage: ['client'],
    }),
  ]);
  await ensureSigningKey(paths);
  if (config.etcd?.managed) await ensureEtcdPairs(paths, config.etcd.managed.address, nowMs);
  const server = `https://127.0.0.1:${config.apiPort}`;
  for (const identity of ['admin', 'kubelet', 'agent'] as const) {
    const path = kubeconfigPath(paths, identity);
    if (existsSync(path)) continue;
    const pair = readKeyPair(paths, identity);
    writeFileSync(path, formatKubeconfig({ name: config.name, server, ca: ca.certificate, ...pair }), {
      mode: 0o600,
    });
  }
}

async function ensureEtcdPairs(paths: ClusterPaths, address: string, nowMs: number): Promise<void> {
  const ca = await ensurePair(paths, 'etcd-ca', () => createAuthority({ commonName: 'etcd-ca', nowMs }));
  for (const [name, options] of Object.entries(etcdCertificates(address))) {
    await ensurePair(paths, name, () => signLeaf(ca, { ...options, nowMs }));
  }
}

async function ensurePair(paths: ClusterPaths, name: string, make: () => Promise<KeyPair>): Promise<KeyPair> {
  const certificatePath = join(paths.pki, `${name}.crt`);
  const keyPath = join(paths.pki, `${name}.key`);
  if (existsSync(certificatePath)) {
    return { certificate: readFileSync(certificatePath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
  }
  const pair = await make();
  // The key first: a certificate on disk says that both are there.
  writeFileSync(keyPath, pair.key, { mode: 0o600 });
  writeFileSync(certificatePath, pair.certificate);
  return pair;
}

async function ensureSigningKey(paths: ClusterPaths): Promise<void> {
  if (existsSync(join(paths.pki, 'service-account.pub'))) return;
  const keys = await createSigningKey();
  writeFileSync(join(paths.pki, 'service-account.key'), keys.privateKey, { mode: 0o600 });
  writeFileSync(join(paths.pki, 'service-account.pub'), keys.publicKey);
}
