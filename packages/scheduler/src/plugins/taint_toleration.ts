import type { Taint, Toleration } from '@kubets/api';
import { tolerates } from '@kubets/controllers/runtime/taints.ts';
import type { NodeInfo } from '../state/node_info.ts';
import { type SchedulerPlugin, scaleToMax, unresolvable } from './plugin.ts';

const failure = unresolvable('node(s) had untolerated taint(s)');
const noTolerations: readonly Toleration[] = [];

export const taintToleration: SchedulerPlugin = {
  name: 'TaintToleration',
  weight: 3,
  filter: ({ pod }) => ({
    test: (node) => (isRepelled(node, pod.spec.tolerations ?? noTolerations) ? failure : undefined),
  }),
  /** Fewer PreferNoSchedule taints are better. */
  score({ pod }) {
    const soft = (pod.spec.tolerations ?? noTolerations).filter(
      ({ effect }) => !effect || effect === 'PreferNoSchedule',
    );
    return {
      rate: (node) => {
        let count = 0;
        for (const taint of node.taints)
          if (taint.effect === 'PreferNoSchedule' && !isTolerated(taint, soft)) count++;
        return count;
      },
      normalize: (rates) => scaleToMax(rates, { reverse: true }),
    };
  },
  wakesOn: (event, { pod }) =>
    event.type === 'node' &&
    (event.what.has('new') || event.what.has('taints')) &&
    !isRepelled(event.node, pod.spec.tolerations ?? noTolerations),
};

function isRepelled(node: NodeInfo, tolerations: readonly Toleration[]): boolean {
  for (const taint of node.taints)
    if ((taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !isTolerated(taint, tolerations))
      return true;
  return false;
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some((toleration) => tolerates(toleration, taint));
}
