import { rfc3339 } from '@kubets/base';
import { createIfAbsent, ownRequest } from './own_request.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

const collection = '/apis/networking.k8s.io/v1/servicecidrs';

/** The ServiceCIDR object `kubernetes` says what the server was started with (KEP-1880). */
export function defaultServiceCidr({ handle, server, serviceCidrs }: UpkeepContext): Task {
  return {
    name: 'default ServiceCIDR',
    everyMs: 60_000,
    async run() {
      if (!server.routes.find('networking.k8s.io', 'v1', 'servicecidrs')) return;
      await createIfAbsent(handle, collection, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'ServiceCIDR',
        metadata: { name: 'kubernetes' },
        spec: { cidrs: [...serviceCidrs] },
      });
      const current: any = server.reader.get('networking.k8s.io', 'servicecidrs', undefined, 'kubernetes');
      if (!current || current.metadata.deletionTimestamp) return;
      if (current.status?.conditions?.some((each: any) => each.type === 'Ready')) return;
      const ready = {
        type: 'Ready',
        status: 'True',
        message: 'Kubernetes default Service CIDR is ready',
        lastTransitionTime: rfc3339(server.clock.now()),
      };
      const applied = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'ServiceCIDR',
        metadata: { name: 'kubernetes' },
        status: { conditions: [ready] },
      };
      await ownRequest(handle, {
        method: 'PATCH',
        path: `${collection}/kubernetes/status`,
        query: { fieldManager: 'kubernetes-service-cidr-controller', force: 'true' },
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: new TextEncoder().encode(JSON.stringify(applied)),
      });
    },
  };
}
