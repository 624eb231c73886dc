// What a pod's status says, as all workload controllers read it.
import type { Pod, PodCondition } from '@kubets/api';
import type { Ms } from '@kubets/base';

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Ended, well or badly: its containers will not run again. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither ended nor on its way out. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** On its way out, containers still running. */
export function isPodTerminating(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/** Ready for `minReadySeconds`: 0 when it is so now, else how long still; undefined when not ready at all. */
export function availableIn(pod: Pod, minReadySeconds: number | undefined, now: Ms): Ms | undefined {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (!minReadySeconds) return 0;
  if (!ready.lastTransitionTime) return undefined;
  return Math.max(0, Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 - now);
}

export function isPodAvailable(pod: Pod, minReadySeconds: number | undefined, now: Ms): boolean {
  return availableIn(pod, minReadySeconds, now) === 0;
}

/** When the first of the pods that are ready but not available yet becomes available; undefined when none will. */
export function nextAvailability(
  pods: Iterable<Pod>,
  minReadySeconds: number | undefined,
  now: Ms,
): Ms | undefined {
  if (!minReadySeconds) return undefined;
  let next: Ms | undefined;
  for (const pod of pods) {
    const ms = availableIn(pod, minReadySeconds, now);
    if (ms && (next === undefined || ms < next)) next = ms;
  }
  return next;
}
