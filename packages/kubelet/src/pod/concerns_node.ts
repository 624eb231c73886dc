import type { Pod } from '@kubets/api';
import { isKubeletCondition } from './status/conditions.ts';
import { sameValue } from './status_patch.ts';

/** Whether an update is more than the kubelet's own status coming back. */
export function concernsNode(before: Pod, after: Pod): boolean {
  const told = ({ metadata, status }: Pod) => ({
    generation: metadata.generation,
    labels: metadata.labels,
    annotations: metadata.annotations,
    deletionTimestamp: metadata.deletionTimestamp,
    grace: metadata.deletionGracePeriodSeconds,
    // Readiness gates wait for conditions of others.
    conditions: status?.conditions?.filter(({ type }) => !isKubeletCondition(type)),
  });
  return !sameValue(told(before), told(after)) || specChanged(before, after);
}

/** Where a server counts no generations the spec itself has to tell. */
function specChanged(before: Pod, after: Pod): boolean {
  return after.metadata.generation === undefined && !sameValue(before.spec, after.spec);
}
