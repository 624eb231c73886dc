import { type EndpointSlice, objectKey, type Pod, type Service } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Index } from '../runtime/caches.ts';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { podsByNode } from '../runtime/indexes.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import {
  podsByLabel,
  selectedPods,
  selectingServices,
  servicesBySelector,
} from '../runtime/selected_pods.ts';
import { type Watch, watch, watchSelf } from '../runtime/watch.ts';
import { planServiceSlices, serviceSliceLabels, sliceLabels, triggerTime } from './service_slices.ts';
import { SliceWriter } from './slice_writer.ts';

const managedBy = 'endpointslice-controller.k8s.io';
const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

export const slicesByService: Index<EndpointSlice> = {
  name: 'service',
  values: (slice) => {
    const service = slice.metadata.labels?.[sliceLabels.service];
    return service ? [`${slice.metadata.namespace}/${service}`] : [];
  },
};

export function serviceEndpointSlices(context: ControllerContext): Controller {
  const { client, caches, clock, recorder, config } = context;
  const services = caches.of(refs.services);
  const pods = caches.of(refs.pods);
  const nodes = caches.of(refs.nodes);
  const slices = caches.of(refs.endpointSlices);
  const podsWith = caches.lookup(refs.pods, podsByLabel);
  const podsOn = caches.lookup(refs.pods, podsByNode);
  const servicesWith = caches.lookup(refs.services, servicesBySelector);
  const slicesOf = caches.lookup(refs.endpointSlices, slicesByService);
  const writer = new SliceWriter({ client, clock });

  return {
    name: 'endpointslice',
    watches: [
      watchSelf(services),
      watchSelectedPods(pods, servicesWith),
      watch(slices, (slice, old) => {
        const any = (slice ?? old)!;
        if (any.metadata.labels?.[sliceLabels.managedBy] !== managedBy) {
          if (old?.metadata.labels?.[sliceLabels.managedBy] !== managedBy) return [];
        }
        const keys = [...slicesByService.values(any), ...(old ? slicesByService.values(old) : [])];
        for (const key of new Set(keys)) writer.observe(key, slice, old);
        return keys;
      }),
      watch(nodes, (node, old) => {
        if (node && old && semanticEqual(node.metadata.labels, old.metadata.labels)) return [];
        return podsOn((node ?? old)!.metadata.name).flatMap((pod) =>
          [...selectingServices(servicesWith, pod)].map(objectKey),
        );
      }),
    ],
    reconcile,
  };

  async function reconcile(key: string) {
    const service = services.get(key);
    if (!service) return writer.forget(key);
    // Slices of such services are made by others; those of a service that was deleted go with their owner.
    if (service.spec.type === 'ExternalName' || !service.spec.selector) return;
    if (service.metadata.deletionTimestamp || !writer.upToDate(key)) return;
    const selected = selectedPods(podsWith, service);
    const existing = slicesOf(key).filter(
      ({ metadata }) => metadata.labels?.[sliceLabels.managedBy] === managedBy && !metadata.deletionTimestamp,
    );
    const plan = planServiceSlices({
      service,
      pods: selected,
      existing,
      node: (name) => nodes.get(name),
      managedBy,
      maxEndpoints: config.maxEndpointsPerSlice,
    });
    const byUid = new Map(selected.map((pod) => [pod.metadata.uid, pod]));
    try {
      await writer.carryOut({
        key,
        owner: service,
        ownerRef: refs.services,
        labels: serviceSliceLabels(service, managedBy),
        plan,
        annotations: (endpoints, slice) => {
          const at =
            triggerTime({ endpoints, before: slice?.endpoints ?? [], pods: byUid }) ??
            (slice ? undefined : Date.parse(service.metadata.creationTimestamp));
          const { [triggerTimeAnnotation]: _, ...annotations } = slice?.metadata.annotations ?? {};
          return at === undefined
            ? annotations
            : { ...annotations, [triggerTimeAnnotation]: rfc3339Nano(at) };
        },
      });
    } catch (error) {
      if (!isNamespaceTerminating(error)) reportFailure(service, error);
      throw error;
    }
  }

  function reportFailure(service: Service, error: unknown) {
    const { namespace, name } = service.metadata;
    recorder.event(
      service,
      'Warning',
      'FailedToUpdateEndpointSlices',
      `Error updating Endpoint Slices for Service ${namespace}/${name}: ${errorMessage(error)}`,
    );
  }
}

/** Services that select a pod now, or did before the change; only for changes that an endpoint could show. */
export function watchSelectedPods(
  pods: Parameters<typeof watch<Pod>>[0],
  servicesWith: (value: string) => readonly Service[],
): Watch {
  return watch(pods, (pod, old) => {
    const keys = new Set<string>();
    if (pod && old && !concernsEndpoints(pod, old)) return keys;
    if (pod) for (const service of selectingServices(servicesWith, pod)) keys.add(objectKey(service));
    const moved = old && !(pod && semanticEqual(pod.metadata.labels, old.metadata.labels));
    if (moved) for (const service of selectingServices(servicesWith, old)) keys.add(objectKey(service));
    return keys;
  });
}

function concernsEndpoints(pod: Pod, old: Pod): boolean {
  const ready = (of: Pod) => of.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return (
    pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    pod.status?.phase !== old.status?.phase ||
    pod.status?.podIP !== old.status?.podIP ||
    ready(pod) !== ready(old) ||
    pod.spec.nodeName !== old.spec.nodeName ||
    !semanticEqual(pod.metadata.labels, old.metadata.labels) ||
    !semanticEqual(pod.status?.podIPs, old.status?.podIPs)
  );
}

/** As Go's time.RFC3339Nano: no zeros at the end of the fraction. */
export function rfc3339Nano(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}
