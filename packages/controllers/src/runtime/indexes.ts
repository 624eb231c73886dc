// The ways in which controllers look things up; each is built at most once per informer.
import { controllerOf, type KubeObject, type Pod } from '@kubets/api';
import type { Index } from './caches.ts';

export const byNamespace: Index<KubeObject> = {
  name: 'namespace',
  values: (object) => [object.metadata.namespace ?? ''],
};

/** By the uid of the controlling owner; those without one under `orphanOf(namespace)`. */
export const byController: Index<KubeObject> = {
  name: 'controller',
  values: (object) => [controllerOf(object)?.uid ?? orphanOf(object.metadata.namespace ?? '')],
};

export function orphanOf(namespace: string): string {
  return `orphans in ${namespace}`;
}

export const podsByNode: Index<Pod> = {
  name: 'node',
  values: (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []),
};

/** `namespace/claim` of every claim that a pod mounts, ephemeral volumes' claims included. */
export const podsByClaim: Index<Pod> = {
  name: 'claim',
  values: (pod) =>
    (pod.spec.volumes ?? []).flatMap((volume) => {
      const claim =
        volume.persistentVolumeClaim?.claimName ??
        (volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined);
      return claim ? [`${pod.metadata.namespace}/${claim}`] : [];
    }),
};
