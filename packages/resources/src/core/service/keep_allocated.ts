// What an update of a Service keeps of its addresses and ports, and what it gives back.
import type { Service } from '@kubets/api';
import { sameField, sameValue } from '../../rules/equality.ts';
import {
  isExternallyAccessible,
  needsClusterIp,
  needsHealthCheck,
  needsNodePort,
} from './default_service.ts';

/** Fills what the caller left empty with what the service has: clients may update with what they know of it. */
export function keepAllocated(next: Service, old: Service): void {
  if (needsClusterIp(old) && needsClusterIp(next)) {
    if (!next.spec.clusterIP && old.spec.clusterIP) next.spec.clusterIP = old.spec.clusterIP;
    if (!next.spec.clusterIPs?.length && old.spec.clusterIPs?.length)
      next.spec.clusterIPs = [...old.spec.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(next)) {
    const before = new Set(old.spec.ports?.map(({ nodePort }) => nodePort));
    const used = new Set(next.spec.ports?.map(({ nodePort }) => nodePort).filter((port) => before.has(port)));
    const byName = new Map(old.spec.ports?.map(({ name = '', nodePort }) => [name, nodePort]));
    for (const port of next.spec.ports ?? []) {
      const kept = byName.get(port.name ?? '');
      if (!port.nodePort && kept && !used.has(kept)) port.nodePort = kept;
    }
  }
  if (needsHealthCheck(old) && needsHealthCheck(next)) {
    const port = next.spec.healthCheckNodePort || old.spec.healthCheckNodePort;
    if (port) next.spec.healthCheckNodePort = port;
  }
}

function usesNodePorts({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

/** Drops what the new type has no use for, unless the caller changed it and so should be told. */
export function dropUnused(next: Service, old: Service): void {
  const spec = next.spec;
  const unchanged = (field: keyof Service['spec']) => sameField(spec, old.spec, field, 'core.v1.ServiceSpec');
  const drop = (...fields: (keyof Service['spec'])[]) => {
    for (const field of fields) if (unchanged(field)) delete spec[field];
  };
  if (needsClusterIp(old) && !needsClusterIp(next)) {
    if (unchanged('clusterIP') && unchanged('clusterIPs')) drop('clusterIP', 'clusterIPs');
    drop('ipFamilies', 'ipFamilyPolicy');
  }
  if (usesNodePorts(old) && !usesNodePorts(next)) {
    const ports = ({ spec: { ports } }: Service) => ports?.map(({ nodePort = 0 }) => nodePort);
    if (sameValue(ports(next), ports(old))) for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheck(old) && !needsHealthCheck(next)) drop('healthCheckNodePort');
  if (old.spec.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
    drop('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (isExternallyAccessible(old) && !isExternallyAccessible(next)) drop('externalTrafficPolicy');
  if (spec.type !== 'LoadBalancer') next.status = { ...next.status, loadBalancer: {} };
}
