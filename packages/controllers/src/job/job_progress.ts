// How far a job has come: counters of its status, and pods that have ended but are not in them yet.
import type { Job, Pod } from '@kubets/api';
import { isPodActive } from '../runtime/pod_state.ts';
import { addIndexes, countIndexes, hasIndex, type Intervals, parseIntervals } from './index_intervals.ts';
import { failuresOf, finishedAt, hasFailed, indexOf, isIndexed, isTracked } from './job_pods.ts';
import { judgeFailure } from './pod_failure_policy.ts';

export interface JobProgress {
  succeeded: number;
  failed: number;
  /** Indexed jobs only: what the status says, and with the pods at hand. */
  countedIndexes: Intervals;
  succeededIndexes: Intervals;
  /** With backoffLimitPerIndex only. */
  failedIndexes?: Intervals;
  /** By index: a failed pod that stays until its replacement has taken over its count of failures. */
  awaitingReplacement: ReadonlyMap<number, Pod>;
}

/** A pod that still has to be counted: it has the finalizer, and not only in an old copy of it. */
export function isUncounted(pod: Pod, released: ReadonlySet<string>): boolean {
  return isTracked(pod) && !released.has(pod.metadata.uid);
}

export function jobProgress(job: Job, pods: readonly Pod[], released: ReadonlySet<string>): JobProgress {
  const { status = {}, spec } = job;
  const completions = spec.completions ?? 0;
  const indexed = isIndexed(job);
  const inRange = (pod: Pod) => {
    const index = indexOf(pod);
    return !indexed || (index !== undefined && index < completions);
  };
  const uncounted = pods.filter((pod) => isUncounted(pod, released) && inRange(pod));
  const listed = status.uncountedTerminatedPods ?? {};
  const newlySucceeded = uncounted.filter(
    (pod) => pod.status?.phase === 'Succeeded' && !listed.succeeded?.includes(pod.metadata.uid),
  );
  const failedPods = uncounted.filter((pod) => hasFailed(pod, job));
  const newlyFailed = failedPods.filter(
    (pod) => !listed.failed?.includes(pod.metadata.uid) && judgeFailure(spec.podFailurePolicy, pod).counts,
  );
  const failed = (status.failed ?? 0) + newlyFailed.length + (listed.failed?.length ?? 0);
  if (!indexed) {
    const succeeded = (status.succeeded ?? 0) + newlySucceeded.length + (listed.succeeded?.length ?? 0);
    return { succeeded, failed, countedIndexes: [], succeededIndexes: [], awaitingReplacement: new Map() };
  }

  const countedIndexes = parseIntervals(status.completedIndexes, completions);
  const done = pods.filter((pod) => isTracked(pod) && pod.status?.phase === 'Succeeded' && inRange(pod));
  const succeededIndexes = addIndexes(
    countedIndexes,
    done.map((pod) => indexOf(pod)!),
  );
  const succeeded = countIndexes(succeededIndexes);
  if (spec.backoffLimitPerIndex === undefined) {
    return { succeeded, failed, countedIndexes, succeededIndexes, awaitingReplacement: new Map() };
  }
  const lost = pods.filter(
    (pod) => isTracked(pod) && inRange(pod) && hasFailed(pod, job) && failsIndex(pod, job),
  );
  const failedIndexes = addIndexes(
    parseIntervals(status.failedIndexes, completions),
    lost.map((pod) => indexOf(pod)!),
  );
  const activeIndexes = new Set(pods.filter(isPodActive).map(indexOf));
  const awaitingReplacement = new Map<number, Pod>();
  for (const pod of failedPods) {
    const index = indexOf(pod)!;
    if (activeIndexes.has(index) || hasIndex(succeededIndexes, index) || hasIndex(failedIndexes, index))
      continue;
    const other = awaitingReplacement.get(index);
    if (!other || isLater(pod, other)) awaitingReplacement.set(index, pod);
  }
  return { succeeded, failed, countedIndexes, succeededIndexes, failedIndexes, awaitingReplacement };
}

function failsIndex(pod: Pod, job: Job): boolean {
  const { counts, action } = judgeFailure(job.spec.podFailurePolicy, pod);
  if (action === 'FailIndex') return true;
  return counts && failuresOf(pod).counted >= job.spec.backoffLimitPerIndex!;
}

function isLater(pod: Pod, other: Pod): boolean {
  const total = (of: Pod) => failuresOf(of).counted + failuresOf(of).ignored;
  return total(pod) >= total(other) && finishedAt(pod) >= finishedAt(other);
}
