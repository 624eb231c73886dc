import { type Endpoints, isNotFound, objectKey, type Service, splitKey } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { refs } from '@kubets/client';
import { rfc3339Nano, watchSelectedPods } from '../endpointslice/endpoint_slice_controller.ts';
import { sliceLabels } from '../endpointslice/service_slices.ts';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { podCondition } from '../runtime/pod_state.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { podsByLabel, selectedPods, servicesBySelector } from '../runtime/selected_pods.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { planSubsets } from './plan_endpoints.ts';

const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const managedBy = 'endpoint-controller';
const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';
const overCapacity = 'endpoints.kubernetes.io/over-capacity';

export const endpointsController: ControllerDefinition = {
  name: 'endpoints-controller',
  component: 'endpoint-controller',
  create: (context) => [serviceEndpoints(context)],
};

function serviceEndpoints({ client, caches, recorder }: ControllerContext): Controller {
  const services = caches.of(refs.services);
  const endpoints = caches.of(refs.endpoints);
  const podsWith = caches.lookup(refs.pods, podsByLabel);
  const servicesWith = caches.lookup(refs.services, servicesBySelector);
  // Services that were deleted: their Endpoints go too, whoever made them.
  const deleted = new Set<string>();

  return {
    name: 'endpoints',
    watches: [
      watch(services, (service, old) => {
        const key = objectKey((service ?? old)!);
        if (service) deleted.delete(key);
        else deleted.add(key);
        return [key];
      }),
      watchSelectedPods(caches.of(refs.pods), servicesWith),
      watchSelf(endpoints, ({ metadata }) => metadata.labels?.[managedByLabel] === managedBy),
    ],
    async reconcile(key) {
      const service = services.get(key);
      const current = endpoints.get(key);
      if (!service) {
        const ours = current?.metadata.labels?.[managedByLabel] === managedBy;
        if (current && (ours || deleted.has(key))) await remove(key);
        deleted.delete(key);
        return;
      }
      if (service.spec.type === 'ExternalName' || !service.spec.selector) return;
      const pods = selectedPods(podsWith, service);
      const { subsets, truncated } = planSubsets(service, pods);
      const labels = labelsOf(service);
      const capacity = truncated ? 'truncated' : undefined;
      if (
        current &&
        semanticEqual(current.subsets, subsets) &&
        semanticEqual(current.metadata.labels, labels) &&
        current.metadata.annotations?.[overCapacity] === capacity
      ) {
        return;
      }
      const {
        [triggerTimeAnnotation]: _,
        [overCapacity]: __,
        ...annotations
      } = current?.metadata.annotations ?? {};
      const ready = pods.map((pod) => Date.parse(podCondition(pod, 'Ready')?.lastTransitionTime ?? ''));
      const changed = ready.filter((time) => !Number.isNaN(time));
      const at = current ? Math.max(...changed) : Date.parse(service.metadata.creationTimestamp);
      if (Number.isFinite(at)) annotations[triggerTimeAnnotation] = rfc3339Nano(at);
      if (capacity) annotations[overCapacity] = capacity;
      await write(service, current, { labels, annotations, subsets });
    },
  };

  async function write(
    service: Service,
    current: Endpoints | undefined,
    {
      subsets,
      ...metadata
    }: Pick<Endpoints, 'subsets'> & { labels: Record<string, string>; annotations: Record<string, string> },
  ) {
    const { name, namespace } = service.metadata;
    try {
      if (current) {
        await client.update(refs.endpoints, {
          ...current,
          metadata: { ...current.metadata, ...metadata },
          subsets,
        });
      } else await client.create(refs.endpoints, { metadata: { name, namespace, ...metadata }, subsets });
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      const [reason, verb] = current
        ? ['FailedToUpdateEndpoint', 'update endpoint']
        : ['FailedToCreateEndpoint', 'create endpoint for service'];
      recorder.event(
        service,
        'Warning',
        reason!,
        `Failed to ${verb} ${namespace}/${name}: ${errorMessage(error)}`,
      );
      throw error;
    }
  }

  async function remove(key: string) {
    const { namespace, name } = splitKey(key);
    await client.delete(refs.endpoints, name, namespace).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

function labelsOf(service: Service): Record<string, string> {
  const labels: Record<string, string> = { ...service.metadata.labels };
  delete labels[sliceLabels.headless];
  const { clusterIP } = service.spec;
  if (!clusterIP || clusterIP === 'None') labels[sliceLabels.headless] = '';
  labels[managedByLabel] = managedBy;
  return labels;
}
