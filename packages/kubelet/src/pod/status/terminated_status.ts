// The last status of a pod: every container has ended, known or not.
import type { ContainerStatus, Pod, PodStatus } from '@kubets/api';
import { isSidecar } from '../restart_policy.ts';
import { type Failure, isTerminalPhase } from './pod_status.ts';

export function terminatedStatus(pod: Pod, status: PodStatus): PodStatus {
  const initialized = hasInitialized(pod, status);
  const init = status.initContainerStatuses ?? [];
  // The init containers after the last that left a trace never ran: they stay as they are.
  const reached = init.findLastIndex(
    ({ state, lastState }) => state?.running || state?.terminated || lastState?.terminated,
  );
  const next: PodStatus = {
    ...status,
    initContainerStatuses: init.map((container, i) => (i <= reached ? asEnded(container) : container)),
    containerStatuses: status.containerStatuses?.map((container) =>
      initialized ? asEnded(container) : container,
    ),
  };
  if (isTerminalPhase(status.phase)) return next;
  return {
    ...next,
    phase: 'Failed',
    conditions: status.conditions?.map((condition) =>
      condition.type === 'Ready' || condition.type === 'ContainersReady'
        ? { ...condition, status: 'False', reason: 'PodFailed', message: undefined }
        : condition,
    ),
  };
}

/** Of a pod that the node did not take: nothing of it ever began. */
export function rejectedStatus({ metadata, status }: Pod, { reason, message }: Failure): PodStatus {
  return { ...status, phase: 'Failed', reason, message, observedGeneration: metadata.generation };
}

/** Nobody knows how it ended, so it counts as a failure. */
function asEnded(status: ContainerStatus): ContainerStatus {
  if (status.state?.terminated) return status;
  return {
    ...status,
    state: {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
      },
    },
  };
}

function hasInitialized(
  pod: Pod,
  { initContainerStatuses = [], containerStatuses = [] }: PodStatus,
): boolean {
  if (!pod.spec.initContainers?.length) return true;
  if (
    containerStatuses.some(
      ({ state, lastState }) => state?.running || state?.terminated || lastState?.terminated,
    )
  )
    return true;
  const last = initContainerStatuses.at(-1);
  const container = pod.spec.initContainers.at(-1)!;
  if (isSidecar(container)) return last?.started ?? false;
  return last?.state?.terminated?.exitCode === 0;
}
