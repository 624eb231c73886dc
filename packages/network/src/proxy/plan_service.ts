// From a Service and its EndpointSlices to what this node must do with the Service's traffic.
import { type EndpointSlice, objectKey, type Service, type ServicePort } from '@kubets/api';
import {
  canonicalAddress,
  cidrContains,
  familyOf,
  formatCidr,
  type IpFamily,
  parseCidr,
} from '../address.ts';
import type { Frontend, NodeRules, PortRules, Protocol, ServiceRules } from './rule_set.ts';
import { selectEndpoints } from './select_endpoints.ts';

/** Services with this label are another proxy's. */
const otherProxyLabel = 'service.kubernetes.io/service-proxy-name';
/** Slices with this label are for DNS alone. */
const headlessLabel = 'service.kubernetes.io/headless';

/** Undefined when the Service has no address of its own (headless, ExternalName) or is not ours to serve. */
export function planService(
  service: Service,
  slices: readonly EndpointSlice[],
  node: NodeRules,
): ServiceRules | undefined {
  const { spec, metadata } = service;
  if (spec.type === 'ExternalName' || !spec.clusterIP || spec.clusterIP === 'None') return undefined;
  if (metadata.labels?.[otherProxyLabel] !== undefined) return undefined;
  const clusterIPs = (spec.clusterIPs ?? [spec.clusterIP]).map(canonicalAddress);
  if (clusterIPs.some((address) => node.servedHere.includes(address))) return undefined;
  const families: IpFamily[] = [...new Set(clusterIPs.map(familyOf))];
  const proxied = slices.filter(({ metadata }) => metadata.labels?.[headlessLabel] === undefined);
  const ports = families.flatMap((family) =>
    (spec.ports ?? []).map((port) => planPort({ service, slices: proxied, node, family, port, clusterIPs })),
  );
  const key = objectKey(service);
  if (!spec.healthCheckNodePort || spec.externalTrafficPolicy !== 'Local') return { key, ports };
  return {
    key,
    ports,
    healthCheck: { port: spec.healthCheckNodePort, localEndpoints: countLocal(ports) },
  };
}

interface PortContext {
  service: Service;
  slices: readonly EndpointSlice[];
  node: NodeRules;
  family: IpFamily;
  port: ServicePort;
  clusterIPs: readonly string[];
}

function planPort({ service, slices, node, family, port, clusterIPs }: PortContext): PortRules {
  const { spec } = service;
  const protocol = (port.protocol ?? 'TCP') as Protocol;
  const selected = selectEndpoints({ slices, family, protocol, portName: port.name ?? '', node });
  const sticky = spec.sessionAffinity === 'ClientIP';
  return {
    family,
    protocol,
    name: port.name || String(port.port),
    affinitySeconds: sticky ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0,
    ...selected,
    frontends: frontendsOf(service, family, port, clusterIPs),
  };
}

function frontendsOf(
  service: Service,
  family: IpFamily,
  port: ServicePort,
  clusterIPs: readonly string[],
): Frontend[] {
  const { spec, status } = service;
  const ofFamily = (addresses: readonly string[]) =>
    addresses.map(canonicalAddress).filter((address) => familyOf(address) === family);
  const external = {
    reach: 'external',
    policy: spec.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster',
  } as const;
  const frontends: Frontend[] = ofFamily(clusterIPs).map((address) => ({
    address,
    port: port.port,
    reach: 'internal',
    policy: spec.internalTrafficPolicy === 'Local' ? 'Local' : 'Cluster',
  }));
  for (const address of ofFamily(spec.externalIPs ?? []))
    frontends.push({ address, port: port.port, ...external });
  const sourceRanges = sourceRangesOf(spec.loadBalancerSourceRanges ?? [], family);
  for (const ingress of status?.loadBalancer?.ingress ?? []) {
    // ipMode Proxy: the load balancer answers at its address itself (KEP-1860).
    if (!ingress.ip || ingress.ipMode === 'Proxy') continue;
    for (const address of ofFamily([ingress.ip]))
      frontends.push({ address, port: port.port, ...external, ...(sourceRanges && { sourceRanges }) });
  }
  if (port.nodePort) frontends.push({ address: undefined, port: port.nodePort, ...external });
  return frontends;
}

/** Ranges of one family, none inside another. Undefined when everyone may come: no ranges, or one of all addresses. */
function sourceRangesOf(texts: readonly string[], family: IpFamily): string[] | undefined {
  const cidrs = texts.map((text) => parseCidr(text.trim())).filter((cidr) => cidr?.family === family);
  if (cidrs.length === 0 || cidrs.some((cidr) => cidr!.bits === 0)) return undefined;
  const outer = cidrs.filter(
    (cidr, i) =>
      !cidrs.some(
        (other, j) => i !== j && cidrContains(other!, cidr!) && (cidr!.bits !== other!.bits || j < i),
      ),
  );
  return outer.map((cidr) => formatCidr(cidr!));
}

function countLocal(ports: readonly PortRules[]): number {
  return new Set(ports.flatMap((port) => port.here.map((target) => target.address))).size;
}
