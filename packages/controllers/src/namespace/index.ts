import { isNotFound, type Namespace } from '@kubets/api';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { discover } from '../runtime/discover.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { byNamespace } from '../runtime/indexes.ts';
import { isPodFinished } from '../runtime/pod_state.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { emptyNamespace } from './empty_namespace.ts';
import { namespaceConditions, type Remains } from './namespace_conditions.ts';

/** How soon to look again when something is left that waits for others. */
const againAfterMs = 2_000;

export const namespaceController: ControllerDefinition = {
  name: 'namespace-controller',
  create: (context) => [namespaceDeletion(context)],
};

/** Empties namespaces that are being deleted and then lets go of them. */
function namespaceDeletion({ client, caches, clock }: ControllerContext): Controller {
  const namespaces = caches.of(refs.namespaces);
  const podsIn = caches.lookup(refs.pods, byNamespace);

  return {
    name: 'namespace',
    workers: 10,
    watches: [
      watchSelf(namespaces),
      watch(caches.of(refs.pods), (pod, old) => {
        const name = old?.metadata.namespace;
        return !pod && name && namespaces.get(name)?.metadata.deletionTimestamp ? [name] : [];
      }),
    ],
    async reconcile(name) {
      const namespace = namespaces.get(name);
      if (!namespace?.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes('kubernetes'))
        return;
      const remains = await emptyNamespace({
        client,
        namespace: name,
        discovered: await discover(client),
        podsInGrace: podsInGrace(namespace),
      });
      try {
        const current = await writeStatus(namespace, remains);
        if (remains.resources.size > 0 || remains.errors.length > 0 || remains.discovery) {
          return { againAfterMs };
        }
        await client.updateSubresource(refs.namespaces, name, undefined, 'finalize', {
          ...current,
          spec: { ...current.spec, finalizers: current.spec.finalizers!.filter((of) => of !== 'kubernetes') },
        });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };

  async function writeStatus(namespace: Namespace, remains: Remains): Promise<Namespace> {
    const conditions = namespaceConditions(namespace.status?.conditions, remains, clock.now());
    const status = { ...namespace.status, phase: 'Terminating', conditions };
    if (semanticEqual(status, namespace.status)) return namespace;
    return client.updateStatus(refs.namespaces, { ...namespace, status });
  }

  function podsInGrace({ metadata }: Namespace): boolean {
    const graces = podsIn(metadata.name)
      .filter((pod) => !isPodFinished(pod))
      .map((pod) => pod.spec.terminationGracePeriodSeconds ?? 0);
    return clock.now() < Date.parse(metadata.deletionTimestamp!) + Math.max(0, ...graces) * 1000;
  }
}
