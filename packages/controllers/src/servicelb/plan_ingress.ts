import type { EndpointSlice, LoadBalancerIngress, Node, Service } from '@kubets/api';
import { findCondition } from '../runtime/condition.ts';

const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** Without a load balancer class, or with ours, the service is this controller's. */
export function isOurs(service: Service | undefined): boolean {
  return service?.spec.type === 'LoadBalancer' && service.spec.loadBalancerClass === undefined;
}

/**
 * The addresses at which a service of type LoadBalancer is reached: those of the nodes themselves, since the proxy
 * of each node answers for it there. With externalTrafficPolicy Local, only of nodes that have a ready endpoint.
 */
export function planIngress(options: {
  service: Service;
  nodes: Iterable<Node>;
  slices: readonly EndpointSlice[];
}): LoadBalancerIngress[] {
  const { service, nodes, slices } = options;
  const local = service.spec.externalTrafficPolicy === 'Local';
  const serving = new Set(
    slices.flatMap(({ endpoints = [] }) =>
      endpoints.filter(({ conditions }) => conditions?.ready !== false).map(({ nodeName }) => nodeName),
    ),
  );
  const families = service.spec.ipFamilies ?? ['IPv4'];
  const addresses = new Set<string>();
  for (const node of [...nodes].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
    if (findCondition(node.status?.conditions, 'Ready')?.status !== 'True') continue;
    if (node.metadata.labels?.[excluded] !== undefined || node.metadata.deletionTimestamp) continue;
    if (local && !serving.has(node.metadata.name)) continue;
    for (const { type, address } of node.status?.addresses ?? []) {
      const family = address.includes(':') ? 'IPv6' : 'IPv4';
      if (type === 'InternalIP' && families.includes(family)) addresses.add(address);
    }
  }
  return Array.from(addresses, (ip) => ({ ip, ipMode: 'VIP' }));
}
