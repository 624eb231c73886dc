import { isNotFound } from '@kubets/api';
import type { KubeletParts } from '../kubelet_parts.ts';
import { podReferences } from '../objects/pod_references.ts';
import type { PodStep } from './pod_step.ts';

/** Follows the ConfigMaps and Secrets that the pod names, and reads those for pulling its images. */
export function objectReferences({ objects, log }: KubeletParts): PodStep {
  return {
    name: 'objectReferences',
    async setUp(task) {
      const { pod } = task;
      const { uid, namespace } = pod.metadata;
      objects.follow(uid, podReferences(pod), task.wake);
      const secrets = await Promise.all(
        (pod.spec.imagePullSecrets ?? []).map(async ({ name }) => {
          try {
            return await objects.secret(namespace!, name!);
          } catch (error) {
            if (!isNotFound(error)) throw error;
            // The image may be there, or be free for all: the pull will tell.
            log.warn('image pull secret not found', { namespace, name });
            return undefined;
          }
        }),
      );
      task.pullSecrets = secrets.filter((secret) => secret !== undefined);
    },
    async tearDown({ pod }) {
      objects.release(pod.metadata.uid);
    },
  };
}
