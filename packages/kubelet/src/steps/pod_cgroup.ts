import { errorMessage } from '@kubets/base';
import { podCgroup as cgroupOf } from '../container/cgroup_parent.ts';
import { linuxResources, podTotals } from '../container/resources.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import { type PodStep, StepFailure } from './pod_step.ts';

/** The cgroup that all containers of the pod share, with the limits of the pod as a whole. */
export function podCgroup({ host, node, log }: KubeletParts): PodStep {
  /** Limits as last written, by pod. */
  const written = new Map<string, string>();
  return {
    name: 'podCgroup',
    async setUp({ pod }) {
      if (!host.cgroups) return;
      const total = (kind: 'requests' | 'limits', name: string) => podTotals(pod.spec, kind, name);
      const milli = (value: number | undefined) => (value === undefined ? undefined : `${value}m`);
      const { cpuShares, cpuQuota, cpuPeriod } = linuxResources({
        cpuRequest: milli(total('requests', 'cpu')),
        cpuLimit: milli(total('limits', 'cpu')),
      });
      const limits = { cpuShares, cpuQuota, cpuPeriod, memoryLimitInBytes: total('limits', 'memory') };
      const { uid } = pod.metadata;
      const text = JSON.stringify(limits);
      const before = written.get(uid);
      if (before === text) return;
      try {
        await host.cgroups.ensure(cgroupOf(pod, node), limits);
        written.set(uid, text);
      } catch (error) {
        if (before === undefined)
          throw new StepFailure(
            'FailedCreatePodContainer',
            `unable to ensure pod container exists: ${errorMessage(error)}`,
          );
        // A limit below what is in use has to wait until the containers have given something back.
        log.warn('pod cgroup not changed', { uid, reason: errorMessage(error) });
      }
    },
    async tearDown({ pod }) {
      written.delete(pod.metadata.uid);
      await host.cgroups?.remove(cgroupOf(pod, node));
    },
  };
}
