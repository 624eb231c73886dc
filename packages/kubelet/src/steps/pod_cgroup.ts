import { podCgroup as cgroupOf } from '../container/cgroup_parent.ts';
import { linuxResources, podTotals } from '../container/resources.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import type { PodStep } from './pod_step.ts';

/** The cgroup that all containers of the pod share, with the limits of the pod as a whole. */
export function podCgroup({ host, node }: KubeletParts): PodStep {
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
      await host.cgroups.ensure(cgroupOf(pod, node), {
        cpuShares,
        cpuQuota,
        cpuPeriod,
        memoryLimitInBytes: total('limits', 'memory'),
      });
    },
    async tearDown({ pod }) {
      await host.cgroups?.remove(cgroupOf(pod, node));
    },
  };
}
