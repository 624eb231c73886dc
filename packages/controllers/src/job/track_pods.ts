// Counting finished pods exactly once (KEP-2307): first their uids are written into the status, then their finalizers
// go, then the uids turn into counts. Whenever this is cut short, the next pass goes on from what is written.
import type { Job, JobStatus, Pod } from '@kubets/api';
import { addIndexes, countIndexes, formatIntervals, hasIndex } from './index_intervals.ts';
import { hasFailed, indexOf, isIndexed } from './job_pods.ts';
import { isUncounted, type JobProgress } from './job_progress.ts';
import { judgeFailure } from './pod_failure_policy.ts';

/** Uids in the status at once: keeps it below 20 KB. */
const maxUncounted = 500;

export interface TrackingPlan {
  /** The status to write before finalizers go. */
  status: JobStatus;
  /** Pods whose finalizer may go once that is written. */
  release: readonly Pod[];
  /** False when there were more pods than fit. */
  all: boolean;
}

export function planTracking(options: {
  job: Job;
  pods: readonly Pod[];
  progress: JobProgress;
  /** Uids of pods whose finalizer is gone already though the copy at hand still has it. */
  released: ReadonlySet<string>;
  /** Set when the job is to end: then every pod may go. */
  outcome: 'success' | 'failure' | undefined;
}): TrackingPlan {
  const { job, progress, released, outcome } = options;
  const indexed = isIndexed(job);
  const completions = job.spec.completions ?? 0;
  const pods = indexed
    ? [...options.pods].sort((a, b) => (indexOf(a) ?? -1) - (indexOf(b) ?? -1))
    : options.pods;
  const waiting = new Set(pods.filter((pod) => isUncounted(pod, released)).map((pod) => pod.metadata.uid));
  const status = countReleased(job.status ?? {}, waiting);
  const uncounted = {
    succeeded: [...(status.uncountedTerminatedPods?.succeeded ?? [])],
    failed: [...(status.uncountedTerminatedPods?.failed ?? [])],
  };
  const newIndexes: number[] = [];
  const release: Pod[] = [];
  let all = true;
  for (const pod of pods) {
    const { uid } = pod.metadata;
    if (!waiting.has(uid)) continue;
    const failed = hasFailed(pod, job);
    const succeeded = pod.status?.phase === 'Succeeded';
    if (!mayRelease(pod, { failed, succeeded })) continue;
    release.push(pod);
    const index = indexOf(pod);
    const inRange = !indexed || (index !== undefined && index < completions);
    if (succeeded && !uncounted.failed.includes(uid)) {
      if (indexed) {
        if (inRange && !hasIndex(progress.countedIndexes, index!)) newIndexes.push(index!);
      } else if (!uncounted.succeeded.includes(uid)) uncounted.succeeded.push(uid);
    } else if (failed || outcome === 'failure') {
      const counts = judgeFailure(job.spec.podFailurePolicy, pod).counts;
      if (inRange && counts && !uncounted.failed.includes(uid)) uncounted.failed.push(uid);
    }
    if (newIndexes.length + uncounted.succeeded.length + uncounted.failed.length >= maxUncounted) {
      all = false;
      break;
    }
  }
  status.uncountedTerminatedPods = withoutEmpty(uncounted);
  if (indexed) {
    const done = addIndexes(progress.countedIndexes, newIndexes);
    status.succeeded = countIndexes(done);
    status.completedIndexes = formatIntervals(done);
    if (progress.failedIndexes) status.failedIndexes = formatIntervals(progress.failedIndexes);
  }
  return { status, release, all };

  function mayRelease(pod: Pod, { failed, succeeded }: { failed: boolean; succeeded: boolean }): boolean {
    if (job.metadata.deletionTimestamp || outcome || succeeded) return true;
    return failed && progress.awaitingReplacement.get(indexOf(pod) ?? -1) !== pod;
  }
}

/** Turns the uids of pods that have lost their finalizer into counts. `waiting`: uids that still have it. */
export function countReleased(status: JobStatus, waiting: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const still = {
    succeeded: succeeded.filter((uid) => waiting.has(uid)),
    failed: failed.filter((uid) => waiting.has(uid)),
  };
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.length - still.succeeded.length,
    failed: (status.failed ?? 0) + failed.length - still.failed.length,
    uncountedTerminatedPods: withoutEmpty(still),
  };
}

function withoutEmpty({ succeeded, failed }: { succeeded: string[]; failed: string[] }) {
  return { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) };
}
