import type { DaemonSetStatus } from '@kubets/api';
import { omitZero } from '../runtime/equal.ts';
import { isPodAvailable, isPodReady } from '../runtime/pod_state.ts';
import { isUpdated } from './daemon_pod.ts';
import { type DaemonPlanInput, scheduledAndOlderFirst } from './plan_daemon_pods.ts';

/** `observed`: whether the present generation has been acted upon. */
export function planDaemonStatus(
  { set, nodes, hash, now }: DaemonPlanInput,
  { observed }: { observed: boolean },
): DaemonSetStatus {
  let desired = 0;
  let current = 0;
  let misscheduled = 0;
  let ready = 0;
  let available = 0;
  let updated = 0;
  for (const { fit, pods, gone } of nodes) {
    if (gone) continue;
    if (!fit.run) {
      if (pods.length > 0) misscheduled++;
      continue;
    }
    desired++;
    const pod = [...pods].sort(scheduledAndOlderFirst)[0];
    if (!pod) continue;
    current++;
    if (isPodReady(pod)) ready++;
    if (isPodAvailable(pod, set.spec.minReadySeconds, now)) available++;
    if (isUpdated(pod, set, hash)) updated++;
  }
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...omitZero({
      observedGeneration: (observed ? set.metadata.generation : set.status?.observedGeneration) ?? 0,
      updatedNumberScheduled: updated,
      numberAvailable: available,
      numberUnavailable: desired - available,
      collisionCount: set.status?.collisionCount ?? 0,
      conditions: set.status?.conditions ?? [],
    }),
  };
}
