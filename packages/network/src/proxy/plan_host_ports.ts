// From the pods of this node to the host ports that lead to them.
import type { Pod } from '@kubets/api';
import { canonicalAddress, familyOf } from '../address.ts';
import type { HostPort, Protocol } from './rule_set.ts';

const none: readonly HostPort[] = [];

export function planHostPorts(pod: Pod): readonly HostPort[] {
  const { spec, status } = pod;
  if (spec.hostNetwork || status?.phase === 'Succeeded' || status?.phase === 'Failed') return none;
  const addresses = status?.podIPs?.map((podIP) => podIP.ip) ?? (status?.podIP ? [status.podIP] : []);
  if (addresses.length === 0) return none;
  const hostPorts: HostPort[] = [];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const { hostPort, hostIP, containerPort, protocol = 'TCP' } of container.ports ?? []) {
      if (!hostPort) continue;
      // 0.0.0.0 and :: say every address, as no hostIP does.
      const hostAddress =
        hostIP && !['0.0.0.0', '::'].includes(hostIP) ? canonicalAddress(hostIP) : undefined;
      for (const address of addresses) {
        const family = familyOf(address);
        if (hostIP && familyOf(hostIP) !== family) continue;
        const target = { address: canonicalAddress(address), port: containerPort };
        hostPorts.push({ family, protocol: protocol as Protocol, hostAddress, port: hostPort, target });
      }
    }
  }
  return hostPorts.length > 0 ? hostPorts : none;
}
