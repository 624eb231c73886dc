// What to do with the pods of a StatefulSet next. With OrderedReady one thing at a time, each pod only when all
// before it are available; with Parallel everything that may be done at once.
import type { Pod, StatefulSet } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { intOrPercent } from '../runtime/int_or_percent.ts';
import { isPodAvailable, isPodFinished } from '../runtime/pod_state.ts';
import { firstOrdinal, isInRange, ordinalOf, revisionLabel } from './identity.ts';

export type PodStep =
  | { do: 'create'; ordinal: number; revision: 'current' | 'update' }
  | { do: 'delete'; pod: Pod }
  /** See to its claims and its identity. */
  | { do: 'check'; pod: Pod; ordinal: number };

export interface StatefulPlanInput {
  set: StatefulSet;
  pods: readonly Pod[];
  updateRevision: string;
  now: Ms;
}

export function planStatefulPods(input: StatefulPlanInput): PodStep[] {
  const { set, pods, now } = input;
  const ordered = set.spec.podManagementPolicy !== 'Parallel';
  const available = (pod: Pod) =>
    pod.status?.phase === 'Running' &&
    pod.metadata.deletionTimestamp === undefined &&
    isPodAvailable(pod, set.spec.minReadySeconds, now);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod, set)!, pod]));
  const steps: PodStep[] = [];

  const first = firstOrdinal(set);
  const end = first + (set.spec.replicas ?? 1);
  for (let ordinal = first; ordinal < end; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) {
      steps.push({ do: 'create', ordinal, revision: revisionFor(set, ordinal) });
      if (ordered) return steps;
    } else if (isPodFinished(pod)) {
      // It is made anew once it has gone, whatever its exit code: an eviction looks like success too.
      if (!pod.metadata.deletionTimestamp) steps.push({ do: 'delete', pod });
      if (ordered) return steps;
    } else {
      steps.push({ do: 'check', pod, ordinal });
      if (ordered && !available(pod)) return steps;
    }
  }

  const condemned = pods
    .filter((pod) => !isInRange(ordinalOf(pod, set)!, set))
    .sort((a, b) => ordinalOf(b, set)! - ordinalOf(a, set)!);
  for (const pod of condemned) steps.push({ do: 'check', pod, ordinal: ordinalOf(pod, set)! });
  // Scaling down waits for a sick pod to get well, unless it is the lowest of the sick ones.
  const lowestSick = condemned.findLast((pod) => !available(pod));
  for (const pod of condemned) {
    if (pod.metadata.deletionTimestamp) {
      if (ordered) return steps;
      continue;
    }
    if (ordered && !available(pod) && pod !== lowestSick) return steps;
    steps.push({ do: 'delete', pod });
    if (ordered) return steps;
  }
  if (condemned.length > 0 && ordered) return steps;
  return [...steps, ...planUpdate(input, byOrdinal, available)];
}

/** Old pods to delete so that they come back with the new revision: from the highest ordinal down to the partition. */
function planUpdate(
  { set, updateRevision }: StatefulPlanInput,
  byOrdinal: ReadonlyMap<number, Pod>,
  available: (pod: Pod) => boolean,
): PodStep[] {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const replicas = set.spec.replicas ?? 1;
  const first = firstOrdinal(set);
  const lowest = Math.max(first, first + (rollingUpdate?.partition ?? 0));
  const isOld = (pod: Pod) => pod.metadata.labels?.[revisionLabel] !== updateRevision;
  const { maxUnavailable } = rollingUpdate ?? {};
  if (maxUnavailable !== undefined) {
    let budget = Math.max(1, intOrPercent(maxUnavailable, replicas, 'up'));
    for (let ordinal = first; ordinal < first + replicas; ordinal++) {
      const pod = byOrdinal.get(ordinal);
      if (!pod || !available(pod)) budget--;
    }
    const steps: PodStep[] = [];
    for (let ordinal = first + replicas - 1; ordinal >= lowest && budget > 0; ordinal--) {
      const pod = byOrdinal.get(ordinal);
      if (!pod || !isOld(pod) || pod.metadata.deletionTimestamp || isPodFinished(pod)) continue;
      steps.push({ do: 'delete', pod });
      budget--;
    }
    return steps;
  }
  for (let ordinal = first + replicas - 1; ordinal >= lowest; ordinal--) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) return [];
    if (isOld(pod) && !pod.metadata.deletionTimestamp)
      return isPodFinished(pod) ? [] : [{ do: 'delete', pod }];
    if (!available(pod)) return [];
  }
  return [];
}

/** A pod below the partition comes back as it was. */
function revisionFor(set: StatefulSet, ordinal: number): 'current' | 'update' {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (rollingUpdate)
    return ordinal < firstOrdinal(set) + (rollingUpdate.partition ?? 0) ? 'current' : 'update';
  const current = firstOrdinal(set) + (set.status?.currentReplicas ?? 0);
  return type === 'RollingUpdate' && ordinal < current ? 'current' : 'update';
}
