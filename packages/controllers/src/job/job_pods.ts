// What a job reads from, and writes on, its pods.
import type { ContainerStatus, Job, Pod } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { podCondition } from '../runtime/pod_state.ts';

/** Keeps a finished pod from going before it has been counted (KEP-2307). */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
export const completionIndex = 'batch.kubernetes.io/job-completion-index';
export const indexFailureCount = 'batch.kubernetes.io/job-index-failure-count';
export const indexIgnoredFailureCount = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(trackingFinalizer) ?? false;
}

/** Undefined when the pod has none that is valid. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[completionIndex];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export function isIndexed(job: Job): boolean {
  return job.spec.completionMode === 'Indexed';
}

/** Pods on their way out count as failed, unless they are replaced only once they have ended (KEP-3939). */
export function hasFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

export function replacesOnlyFailed(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined;
}

export function failuresOf(pod: Pod): { counted: number; ignored: number } {
  const count = (annotation: string) => {
    const text = pod.metadata.annotations?.[annotation];
    return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  };
  return { counted: count(indexFailureCount), ignored: count(indexIgnoredFailureCount) };
}

/** When the last container ended; else when the pod stopped being ready, or was told to go. */
export function finishedAt(pod: Pod): Ms {
  const sidecars = new Set(
    pod.spec.initContainers?.filter((c) => c.restartPolicy === 'Always').map((c) => c.name),
  );
  const statuses: ContainerStatus[] = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []).filter((status) => sidecars.has(status.name)),
  ];
  const ends = statuses.map((status) => Date.parse(status.state?.terminated?.finishedAt ?? ''));
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends);
  const ready = podCondition(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  if (deletionTimestamp) return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  return Date.parse(creationTimestamp);
}

/** Restarts of containers that kubelets restart in place (restartPolicy OnFailure). */
export function restartsOf(pod: Pod): number {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.reduce((sum, status) => sum + status.restartCount, 0);
}
