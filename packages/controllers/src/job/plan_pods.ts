// Which pods of a running job to make and which to delete.
import type { Job, Pod } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { rankForDeletion } from '../replicaset/rank_for_deletion.ts';
import { groupBy } from '../runtime/group_by.ts';
import { isPodActive, isPodTerminating } from '../runtime/pod_state.ts';
import { backoffLeft, indexBackoffLeft } from './backoff.ts';
import { addIndexes, firstFree, mergeIntervals } from './index_intervals.ts';
import { hasFailed, indexOf, isIndexed, replacesOnlyFailed } from './job_pods.ts';
import type { JobProgress } from './job_progress.ts';

/** Pods made or deleted in one go. */
const batch = 500;

export interface JobPodsPlan {
  remove: readonly Pod[];
  /** Indexes of the pods to make; undefined for each pod that has none. */
  create: readonly (number | undefined)[];
  /** When pods that have to wait may be made. */
  againAfterMs?: Ms;
}

export function planPods(job: Job, pods: readonly Pod[], progress: JobProgress, now: Ms): JobPodsPlan {
  const active = pods.filter(isPodActive);
  if (job.spec.suspend) return { remove: active, create: [] };
  const wanted = wantedActive(job, active.length, progress);
  const remove = surplus(job, active, Math.max(0, active.length - wanted), now).slice(0, batch);
  // Either deletes or creates in one pass: deletes first.
  if (remove.length > 0) return { remove, create: [] };

  const terminating = replacesOnlyFailed(job) ? pods.filter(isPodTerminating) : [];
  const missing = Math.min(batch, wanted - active.length - terminating.length);
  if (missing <= 0) return { remove: [], create: [] };
  const perIndex = progress.failedIndexes !== undefined;
  if (!perIndex) {
    const left = backoffLeft({
      succeeded: pods.filter((pod) => pod.status?.phase === 'Succeeded'),
      failed: pods.filter((pod) => hasFailed(pod, job)),
      now,
    });
    if (left > 0) return { remove: [], create: [], againAfterMs: left };
  }
  if (!isIndexed(job)) return { remove: [], create: Array<undefined>(missing).fill(undefined) };

  const busy = [...active, ...terminating].map(indexOf).filter((index) => index !== undefined);
  const taken = mergeIntervals(addIndexes(progress.succeededIndexes, busy), progress.failedIndexes ?? []);
  const free = firstFree(taken, missing, job.spec.completions ?? 0);
  const waits = free.map((index) => indexBackoffLeft(progress.awaitingReplacement.get(index), now));
  const create = perIndex ? free.filter((_, i) => waits[i] === 0) : free;
  const again = perIndex ? waits.filter((ms) => ms > 0) : [];
  return { remove: [], create, ...(again.length > 0 && { againAfterMs: Math.min(...again) }) };
}

function wantedActive(job: Job, active: number, { succeeded }: JobProgress): number {
  const { completions, parallelism = 1 } = job.spec;
  // A work queue: once one pod has succeeded, no new ones are made, and those that run may end.
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** Pods without a valid index and doubles of one always go; then the least advanced ones. */
function surplus(job: Job, active: readonly Pod[], atLeast: number, now: Ms): Pod[] {
  const rank = (pods: readonly Pod[]) => rankForDeletion(pods, [], now);
  if (!isIndexed(job)) return rank(active).slice(0, atLeast);
  const remove: Pod[] = [];
  const keep: Pod[] = [];
  const completions = job.spec.completions ?? 0;
  for (const [key, pods] of groupBy(active, (pod) => String(indexOf(pod)))) {
    if (key === 'undefined' || Number(key) >= completions) remove.push(...pods);
    else {
      const ranked = pods.length > 1 ? rank(pods) : pods;
      remove.push(...ranked.slice(0, -1));
      keep.push(ranked.at(-1)!);
    }
  }
  const more = atLeast - remove.length;
  return more > 0 ? [...remove, ...rank(keep).slice(0, more)] : remove;
}
