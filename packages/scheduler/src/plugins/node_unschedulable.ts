import { tolerates } from '@kubets/controllers/runtime/taints.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { type SchedulerPlugin, unresolvable } from './plugin.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const failure = unresolvable('node(s) were unschedulable');

/** Cordoned nodes, unless the pod tolerates the taint that stands for it. */
export const nodeUnschedulable: SchedulerPlugin = {
  name: 'NodeUnschedulable',
  filter: (pod) =>
    isTolerated(pod) ? undefined : { test: (node) => (node.unschedulable ? failure : undefined) },
  wakesOn: (event) =>
    event.type === 'node' && !event.node.unschedulable && (event.what.has('new') || event.what.has('taints')),
};

function isTolerated({ pod }: PodInfo): boolean {
  return !!pod.spec.tolerations?.some((toleration) => tolerates(toleration, taint));
}
