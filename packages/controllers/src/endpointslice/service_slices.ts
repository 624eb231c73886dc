import type { Endpoint, EndpointSlice, Node, Pod, Service } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { semanticEqual } from '../runtime/equal.ts';
import { podCondition } from '../runtime/pod_state.ts';
import { type EndpointGroup, groupKey, planSlices, type SlicesPlan } from './plan_slices.ts';
import { addressTypesOf, canBeEndpoint, podEndpoint, podPorts } from './pod_endpoint.ts';

export const sliceLabels = {
  service: 'kubernetes.io/service-name',
  managedBy: 'endpointslice.kubernetes.io/managed-by',
  headless: 'service.kubernetes.io/headless',
} as const;

/** `missingNodes`: nodes of pods that are left out until the node is known. */
export function planServiceSlices(options: {
  service: Service;
  pods: Iterable<Pod>;
  /** Those of the service that this controller manages. */
  existing: readonly EndpointSlice[];
  node: (name: string) => Node | undefined;
  managedBy: string;
  maxEndpoints: number;
}): SlicesPlan {
  const { service, pods, existing, node, managedBy, maxEndpoints } = options;
  const labels = serviceSliceLabels(service, managedBy);
  const types = addressTypesOf(service);
  const groups = new Map<string, EndpointGroup & { endpoints: Endpoint[] }>();
  for (const pod of pods) {
    if (!canBeEndpoint(pod)) continue;
    const ports = podPorts(service, pod);
    const podNode = pod.spec.nodeName ? node(pod.spec.nodeName) : undefined;
    // A pod of a node that does not exist will be collected; nobody should be sent to it.
    if (!podNode && !service.spec.publishNotReadyAddresses) continue;
    for (const addressType of types) {
      const endpoint = podEndpoint({ pod, service, node: podNode, addressType });
      if (!endpoint) continue;
      const key = groupKey(addressType, ports);
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { addressType, ports, endpoints: [] }));
      group.endpoints.push(endpoint);
    }
  }
  for (const addressType of types) {
    if (![...groups.values()].some((group) => group.addressType === addressType))
      groups.set(groupKey(addressType, []), { addressType, ports: [], endpoints: [] });
  }
  return planSlices({
    groups: [...groups.values()],
    existing,
    maxEndpoints,
    isStale: (slice) => !semanticEqual(slice.metadata.labels, labels),
  });
}

/** The service's own labels, and those by which consumers find the slices. */
export function serviceSliceLabels(service: Service, managedBy: string): Record<string, string> {
  const labels: Record<string, string> = { ...service.metadata.labels };
  delete labels[sliceLabels.headless];
  const { clusterIP } = service.spec;
  if (!clusterIP || clusterIP === 'None') labels[sliceLabels.headless] = '';
  labels[sliceLabels.service] = service.metadata.name;
  labels[sliceLabels.managedBy] = managedBy;
  return labels;
}

/**
 * When the first of the changes in `endpoints` happened: the moment a pod became (un)ready, or, for a new slice of
 * a new service, when that was made. Measures how long programming the network takes (SIG scalability SLI).
 */
export function triggerTime(options: {
  endpoints: readonly Endpoint[];
  before: readonly Endpoint[];
  pods: ReadonlyMap<string, Pod>;
}): Ms | undefined {
  const before = new Map(options.before.map((endpoint) => [endpoint.targetRef?.uid, endpoint]));
  let first: Ms | undefined;
  for (const endpoint of options.endpoints) {
    const uid = endpoint.targetRef?.uid;
    if (!uid || semanticEqual(before.get(uid), endpoint)) continue;
    const pod = options.pods.get(uid);
    const at = Date.parse((pod && podCondition(pod, 'Ready')?.lastTransitionTime) ?? '');
    if (!Number.isNaN(at) && (first === undefined || at < first)) first = at;
  }
  return first;
}
