import { isAlreadyExists } from '@kubets/api';
import { type Client, refs } from '@kubets/client';
import type { ClusterConfig } from './config.ts';

/**
 * The Service of the cluster's DNS: it keeps the address that each node's name server listens on, so that no other
 * Service gets it. It has no endpoints: there is no way to go from the address to a server, it is the server's own.
 */
export async function ensureDnsService(client: Client, config: ClusterConfig): Promise<void> {
  try {
    await client.create(refs.services, {
      metadata: {
        name: 'kube-dns',
        namespace: 'kube-system',
        labels: {
          'k8s-app': 'kube-dns',
          'kubernetes.io/cluster-service': 'true',
          'kubernetes.io/name': 'CoreDNS',
        },
      },
      spec: {
        clusterIP: config.dnsAddress,
        clusterIPs: [config.dnsAddress],
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
          { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        ],
      },
    });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
