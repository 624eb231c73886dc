import { isNotFound, type Node, objectKey, type Service } from '@kubets/api';
import { refs } from '@kubets/client';
import { slicesByService } from '../endpointslice/endpoint_slice_controller.ts';
import type { Index } from '../runtime/caches.ts';
import { findCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { isOurs, planIngress } from './plan_ingress.ts';

const balanced: Index<Service> = {
  name: 'loadBalancer',
  values: (service) => (isOurs(service) ? ['all'] : []),
};

/** Gives services of type LoadBalancer the addresses of the nodes, where no cloud does. */
export const serviceLbController: ControllerDefinition = {
  name: 'service-lb-controller',
  component: 'service-controller',
  create: (context) => [serviceLb(context)],
};

function serviceLb({ client, caches, recorder }: ControllerContext): Controller {
  const services = caches.of(refs.services);
  const nodes = caches.of(refs.nodes);
  const balancedServices = caches.lookup(refs.services, balanced);
  const slicesOf = caches.lookup(refs.endpointSlices, slicesByService);

  return {
    name: 'servicelb',
    watches: [
      watchSelf(
        services,
        (service) => isOurs(service) || service.status?.loadBalancer?.ingress !== undefined,
      ),
      watch(nodes, (node, old) =>
        semanticEqual(facts(node), facts(old)) ? [] : balancedServices('all').map(objectKey),
      ),
      watch(caches.of(refs.endpointSlices), (slice, old) =>
        slicesByService
          .values((slice ?? old)!)
          .filter((key) => services.get(key)?.spec.externalTrafficPolicy === 'Local'),
      ),
    ],
    async reconcile(key) {
      const service = services.get(key);
      // A class names another implementation, whose status is its own.
      if (!service || service.spec.loadBalancerClass !== undefined) return;
      const before = service.status?.loadBalancer?.ingress ?? [];
      const ingress = isOurs(service)
        ? planIngress({ service, nodes: nodes.list(), slices: slicesOf(key) })
        : [];
      if (semanticEqual(before, ingress)) return;
      try {
        const loadBalancer = ingress.length > 0 ? { ingress } : {};
        await client.updateStatus(refs.services, { ...service, status: { ...service.status, loadBalancer } });
      } catch (error) {
        if (isNotFound(error)) return;
        throw error;
      }
      const text = (list: typeof ingress) => `[${list.map(({ ip }) => ip).join(' ')}]`;
      const message = `Updated LoadBalancer with new IPs: ${text(before)} -> ${text(ingress)}`;
      recorder.event(service, 'Normal', 'UpdatedLoadBalancer', message);
    },
  };
}

/** What of a node matters here; most changes of nodes are heartbeats. */
function facts(node: Node | undefined) {
  return (
    node && {
      labels: node.metadata.labels,
      deleted: node.metadata.deletionTimestamp,
      addresses: node.status?.addresses,
      ready: findCondition(node.status?.conditions, 'Ready')?.status,
    }
  );
}
