// What a pod contributes to a service.
import type { DiscoveryV1EndpointPort, Endpoint, Node, Pod, Service, ServicePort } from '@kubets/api';
import { isPodFinished, isPodReady } from '../runtime/pod_state.ts';

export type AddressType = 'IPv4' | 'IPv6';

const zoneLabel = 'topology.kubernetes.io/zone';

export function podEndpoint(options: {
  pod: Pod;
  service: Service;
  node: Node | undefined;
  addressType: AddressType;
}): Endpoint | undefined {
  const { pod, service, node, addressType } = options;
  const addresses = podAddresses(pod, addressType);
  if (addresses.length === 0) return undefined;
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  // "ready" is never true while terminating, for clients that know only "ready" (KEP-1672).
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const zone = node?.metadata.labels?.[zoneLabel];
  const { name, namespace, uid } = pod.metadata;
  const endpoint: Endpoint = {
    addresses,
    conditions: { ready, serving, terminating },
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
    ...(hasHostnameFor(pod, service) && { hostname: pod.spec.hostname }),
  };
  const hints = ready ? hintsFor(service, endpoint) : undefined;
  return hints ? { ...endpoint, hints } : endpoint;
}

/** Ended pods serve nobody; one without an address cannot. */
export function canBeEndpoint(pod: Pod): boolean {
  return !isPodFinished(pod) && Boolean(pod.status?.podIP || pod.status?.podIPs?.length);
}

export function hasHostnameFor(pod: Pod, service: Service): boolean {
  return Boolean(pod.spec.hostname) && pod.spec.subdomain === service.metadata.name;
}

export function podAddresses(pod: Pod, addressType: AddressType): string[] {
  const ips = pod.status?.podIPs?.map(({ ip }) => ip) ?? (pod.status?.podIP ? [pod.status.podIP] : []);
  return ips.filter((ip) => ip.includes(':') === (addressType === 'IPv6'));
}

/** A named port may be another number in each pod; ports that the pod does not have are left out. */
export function podPorts(service: Service, pod: Pod): DiscoveryV1EndpointPort[] {
  const ports: DiscoveryV1EndpointPort[] = [];
  for (const servicePort of service.spec.ports ?? []) {
    const port = findPort(pod, servicePort);
    if (port === undefined) continue;
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    ports.push({ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) });
  }
  return ports;
}

export function findPort(pod: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = pod.spec.initContainers?.filter((container) => container.restartPolicy === 'Always') ?? [];
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const { name, containerPort, protocol: of = 'TCP' } of container.ports ?? []) {
      if (name === targetPort && of === protocol) return containerPort;
    }
  }
}

export function addressTypesOf(service: Service): AddressType[] {
  const { ipFamilies, clusterIP } = service.spec;
  if (ipFamilies?.length) return ipFamilies as AddressType[];
  if (!clusterIP || clusterIP === 'None') return ['IPv4', 'IPv6'];
  return [clusterIP.includes(':') ? 'IPv6' : 'IPv4'];
}

/** Where the endpoint would rather be used from (spec.trafficDistribution, KEP-4444 and KEP-3015). */
function hintsFor(service: Service, endpoint: Endpoint): Endpoint['hints'] {
  const wish = service.spec.trafficDistribution;
  if (wish !== 'PreferClose' && wish !== 'PreferSameZone' && wish !== 'PreferSameNode') return undefined;
  const forZones = endpoint.zone ? [{ name: endpoint.zone }] : undefined;
  const forNodes = wish === 'PreferSameNode' && endpoint.nodeName ? [{ name: endpoint.nodeName }] : undefined;
  if (!forZones && !forNodes) return undefined;
  return { ...(forZones && { forZones }), ...(forNodes && { forNodes }) };
}
