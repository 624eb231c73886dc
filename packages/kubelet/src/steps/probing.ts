import type { KubeletParts } from '../kubelet_parts.ts';
import type { PodStep } from './pod_step.ts';

/** Begins to probe the pod's containers, before the first of them runs. */
export function probing({ prober }: KubeletParts): PodStep {
  return {
    name: 'probing',
    async setUp({ pod }) {
      prober.add(pod);
    },
    async tearDown({ pod }) {
      prober.remove(pod.metadata.uid);
    },
  };
}
