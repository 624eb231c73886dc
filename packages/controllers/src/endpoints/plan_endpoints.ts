// The subsets of a service's Endpoints (the older form of EndpointSlices).
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '@kubets/api';
import {
  addressTypesOf,
  canBeEndpoint,
  hasHostnameFor,
  podAddresses,
  podPorts,
} from '../endpointslice/pod_endpoint.ts';
import { canonicalJson } from '../runtime/canonical_json.ts';
import { isPodReady } from '../runtime/pod_state.ts';

/** Addresses that one Endpoints object may have. */
const maxAddresses = 1000;

/** `truncated`: there were more addresses than fit. */
export function planSubsets(
  service: Service,
  pods: Iterable<Pod>,
): { subsets: EndpointSubset[]; truncated: boolean } {
  const addressType = addressTypesOf(service)[0]!;
  const publish = service.spec.publishNotReadyAddresses ?? false;
  const headless = service.spec.clusterIP === 'None';
  const groups = new Map<string, Required<EndpointSubset>>();
  for (const pod of pods) {
    if (!canBeEndpoint(pod) || (pod.metadata.deletionTimestamp && !publish)) continue;
    const ip = podAddresses(pod, addressType)[0];
    const ports: EndpointPort[] = podPorts(service, pod).map((port) => ({
      ...(port.name && { name: port.name }),
      port: port.port!,
      protocol: port.protocol,
      ...(port.appProtocol && { appProtocol: port.appProtocol }),
    }));
    const portless = (service.spec.ports ?? []).length === 0;
    if (ip === undefined || (portless ? !headless : ports.length === 0)) continue;
    const key = canonicalJson(ports.sort(byPort));
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { addresses: [], notReadyAddresses: [], ports }));
    const ready = publish || isPodReady(pod);
    (ready ? group.addresses : group.notReadyAddresses).push(addressOf(pod, ip, service));
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  const truncated = truncate(sorted);
  return { subsets: sorted.map(withoutEmpty), truncated };
}

function addressOf(pod: Pod, ip: string, service: Service): EndpointAddress {
  const { name, namespace, uid } = pod.metadata;
  return {
    ip,
    ...(hasHostnameFor(pod, service) && { hostname: pod.spec.hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** Ready addresses have precedence; each subset keeps its part. */
function truncate(subsets: Required<EndpointSubset>[]): boolean {
  for (const subset of subsets) {
    subset.addresses.sort(byAddress);
    subset.notReadyAddresses.sort(byAddress);
  }
  const ready = subsets.reduce((sum, { addresses }) => sum + addresses.length, 0);
  const notReady = subsets.reduce((sum, { notReadyAddresses }) => sum + notReadyAddresses.length, 0);
  if (ready + notReady <= maxAddresses) return false;
  const cut = ready > maxAddresses ? 'addresses' : 'notReadyAddresses';
  const total = cut === 'addresses' ? ready : notReady;
  const room = cut === 'addresses' ? maxAddresses : maxAddresses - ready;
  let left = room;
  for (const subset of subsets) {
    const share = Math.min(left, Math.ceil((subset[cut].length / total) * room));
    subset[cut] = subset[cut].slice(0, share);
    if (cut === 'addresses') subset.notReadyAddresses = [];
    left -= share;
  }
  return true;
}

function withoutEmpty({ addresses, notReadyAddresses, ports }: Required<EndpointSubset>): EndpointSubset {
  return {
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ...(ports.length > 0 && { ports }),
  };
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1;
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
}

function byPort(a: EndpointPort, b: EndpointPort): number {
  return a.port - b.port || ((a.name ?? '') < (b.name ?? '') ? -1 : 1);
}
