import type { Pod, PodStatus } from '@kubets/api';
import type { Ms } from '@kubets/base';
import type { Failure } from './status/pod_status.ts';

/** When the pod's activeDeadlineSeconds are over; undefined when it has no such limit or has not started. */
export function deadlineOf({ spec }: Pod, status: PodStatus | undefined): Ms | undefined {
  if (spec.activeDeadlineSeconds === undefined || !status?.startTime) return undefined;
  return Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000;
}

export function deadlineFailure(pod: Pod, status: PodStatus | undefined, now: Ms): Failure | undefined {
  const deadline = deadlineOf(pod, status);
  if (deadline === undefined || now < deadline) return undefined;
  return {
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  };
}
