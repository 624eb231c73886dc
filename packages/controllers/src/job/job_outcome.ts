// Whether a job has come to its end, and why.
import type { Job, JobCondition, Pod } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { findCondition } from '../runtime/condition.ts';
import { countIndexes } from './index_intervals.ts';
import { hasFailed, isIndexed, restartsOf } from './job_pods.ts';
import type { JobProgress } from './job_progress.ts';
import { judgeFailure } from './pod_failure_policy.ts';
import { matchSuccessPolicy } from './success_policy.ts';

export function isFinished(job: Job): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
}

/**
 * The condition that says that the job is to end, `SuccessCriteriaMet` or `FailureTarget`: what was decided before
 * stands; then failures are looked for, then a success policy. `Complete` and `Failed` follow when its pods have gone
 * (KEP-3939, "delay terminal condition").
 */
export function decideOutcome(
  job: Job,
  pods: readonly Pod[],
  progress: JobProgress,
  now: Ms,
): JobCondition | undefined {
  const conditions = job.status?.conditions;
  for (const type of ['SuccessCriteriaMet', 'FailureTarget']) {
    const decided = findCondition(conditions, type);
    if (decided?.status === 'True') return decided;
  }
  const failure = findFailure(job, pods, progress, now);
  if (failure) return jobCondition('FailureTarget', failure[0], failure[1], now);
  if (!isIndexed(job)) return undefined;
  const matched = matchSuccessPolicy(
    job.spec.successPolicy,
    job.spec.completions ?? 0,
    progress.succeededIndexes,
  );
  return matched === undefined
    ? undefined
    : jobCondition('SuccessCriteriaMet', 'SuccessPolicy', matched, now);
}

export function completed(now: Ms): JobCondition {
  return jobCondition(
    'SuccessCriteriaMet',
    'CompletionsReached',
    'Reached expected number of succeeded pods',
    now,
  );
}

/** How long until activeDeadlineSeconds ends it; undefined when it never will. */
export function deadlineIn(job: Job, now: Ms): Ms | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec;
  if (activeDeadlineSeconds === undefined || suspend) return undefined;
  const start = job.status?.startTime ? Date.parse(job.status.startTime) : now;
  return start + activeDeadlineSeconds * 1000 - now;
}

export function jobCondition(
  type: string,
  reason: string,
  message: string,
  now: Ms,
  status = 'True',
): JobCondition {
  return { type, status, lastProbeTime: rfc3339(now), lastTransitionTime: rfc3339(now), reason, message };
}

function findFailure(
  job: Job,
  pods: readonly Pod[],
  progress: JobProgress,
  now: Ms,
): [reason: string, message: string] | undefined {
  const { backoffLimit = 6, podFailurePolicy, maxFailedIndexes, completions = 0 } = job.spec;
  if (podFailurePolicy) {
    for (const pod of pods) {
      const message = hasFailed(pod, job) ? judgeFailure(podFailurePolicy, pod).failJob : undefined;
      if (message) return ['PodFailurePolicy', message];
    }
  }
  if (progress.failed > backoffLimit || restartedTooOften(job, pods, backoffLimit)) {
    return ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'];
  }
  if ((deadlineIn(job, now) ?? 1) <= 0) {
    return ['DeadlineExceeded', 'Job was active longer than specified deadline'];
  }
  if (!progress.failedIndexes) return undefined;
  const failed = countIndexes(progress.failedIndexes);
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    return ['MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes'];
  }
  if (failed > 0 && failed + countIndexes(progress.succeededIndexes) >= completions) {
    return ['FailedIndexes', 'Job has failed indexes'];
  }
}

function restartedTooOften(job: Job, pods: readonly Pod[], backoffLimit: number): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  const running = pods.filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending');
  const restarts = running.reduce((sum, pod) => sum + restartsOf(pod), 0);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}
