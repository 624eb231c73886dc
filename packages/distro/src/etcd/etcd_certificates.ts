import type { LeafOptions } from '../certificates/certificates.ts';

/** Key pairs of a managed etcd's member and of its client, signed by an authority of etcd's own. */
export function etcdCertificates(address: string): Record<string, Omit<LeafOptions, 'nowMs'>> {
  const names = { dnsNames: ['localhost'], ipAddresses: [...new Set(['127.0.0.1', '::1', address])] };
  return {
    'etcd-server': { commonName: 'etcd-server', usage: ['server', 'client'], ...names },
    'etcd-peer': { commonName: 'etcd-peer', usage: ['server', 'client'], ...names },
    'etcd-client': { commonName: 'etcd-client', usage: ['client'] },
  };
}
