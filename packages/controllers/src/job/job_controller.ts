import {
  isNotFound,
  type Job,
  type JobCondition,
  type JobStatus,
  labelSelectorMatcher,
  type Pod,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import { findCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { Expectations } from '../runtime/expectations.ts';
import { byController, byNamespace, orphanOf } from '../runtime/indexes.ts';
import { OwnWrites } from '../runtime/own_writes.ts';
import { claimObjects } from '../runtime/owner.ts';
import { PodActions } from '../runtime/pod_actions.ts';
import { isPodActive, isPodReady, isPodTerminating } from '../runtime/pod_state.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { slowStart } from '../runtime/slow_start.ts';
import { watchSelf } from '../runtime/watch.ts';
import { watchOwned } from '../runtime/watch_owned.ts';
import { completed, deadlineIn, decideOutcome, isFinished, jobCondition } from './job_outcome.ts';
import { isTracked, trackingFinalizer } from './job_pods.ts';
import { jobProgress } from './job_progress.ts';
import { jobPod } from './job_template.ts';
import { planPods } from './plan_pods.ts';
import { suspendedConditions } from './suspension.ts';
import { countReleased, planTracking } from './track_pods.ts';

/** Pods of one job often end together; so many of them are looked at once. */
const gatherMs = 100;
const jobControllerName = 'kubernetes.io/job-controller';

export function jobRuns(context: ControllerContext): Controller {
  const { client, caches, clock, recorder } = context;
  const jobs = caches.of(refs.jobs);
  const pods = caches.of(refs.pods);
  const podsOf = caches.lookup(refs.pods, byController);
  const inNamespace = caches.lookup(refs.jobs, byNamespace);
  const expectations = new Expectations(clock);
  const ownWrites = new OwnWrites();
  const actions = new PodActions({ client, recorder });
  // Uids of pods whose finalizer was taken away, until the local copy shows it.
  const released = new Map<string, Set<string>>();

  return {
    name: 'job',
    watches: [
      watchSelf(jobs),
      watchOwned({
        owned: pods,
        owners: jobs,
        gatherMs,
        wantedBy: (pod) =>
          inNamespace(pod.metadata.namespace!).filter(
            (job) => !isFinished(job) && selectorOf(job).matches(pod.metadata.labels),
          ),
        observe(key, pod, old) {
          if (pod && !old && !pod.metadata.deletionTimestamp) expectations.createSeen(key);
          const { uid } = (pod ?? old)!.metadata;
          if (!pod || pod.metadata.deletionTimestamp) expectations.deleteSeen(key, uid);
          if (!pod || !isTracked(pod)) released.get(key)?.delete(uid);
        },
      }),
    ],
    reconcile,
  };

  async function reconcile(key: string) {
    const job = jobs.get(key);
    if (!job || isFinished(job)) return forget(key);
    const { managedBy, completionMode = 'NonIndexed' } = job.spec;
    if (managedBy !== undefined && managedBy !== jobControllerName) return;
    if (completionMode !== 'NonIndexed' && completionMode !== 'Indexed') {
      const message = 'Skipped Job sync because completion mode is unknown';
      return recorder.event(job, 'Warning', 'UnknownCompletionMode', message);
    }
    if (!ownWrites.seen(key, job)) return;
    const upToDate = expectations.met(key);
    const own = await claimObjects({
      client,
      owner: job,
      ownerRef: refs.jobs,
      selector: selectorOf(job),
      ref: refs.pods,
      adoptFinalizers: [trackingFinalizer],
      candidates: [...podsOf(job.metadata.uid), ...podsOf(orphanOf(job.metadata.namespace!))],
    });
    return run(key, job, own, upToDate);
  }

  async function run(key: string, job: Job, own: readonly Pod[], upToDate: boolean) {
    const now = clock.now();
    const gone = released.get(key) ?? new Set<string>();
    const progress = jobProgress(job, own, gone);
    const base = started(job, now);
    let outcome = decideOutcome({ ...job, status: base }, own, progress, now);
    const activePods = own.filter(isPodActive);
    let active = activePods.length;
    let ready = activePods.filter(isPodReady).length;
    let terminating = own.filter(isPodTerminating).length;
    // Once it is decided, only what becomes of its pods matters, and that is heard of.
    let againAfterMs = outcome ? undefined : deadlineIn({ ...job, status: base }, now);
    let failure: unknown;
    let conditions = base.conditions ?? [];
    let mayFinish = true;

    if (outcome) {
      const stopped = await stop(activePods, job);
      failure = stopped.error;
      mayFinish = stopped.deleted.length === activePods.length && upToDate;
      active -= stopped.deleted.length;
      terminating += stopped.deleted.length;
      ready -= stopped.deleted.filter(isPodReady).length;
    } else {
      if (upToDate && !job.metadata.deletionTimestamp) {
        const plan = planPods(job, own, progress, now);
        const done = await carryOut(key, job, plan, progress.awaitingReplacement);
        failure = done.error;
        active += done.created - done.removed.length;
        terminating += done.removed.length;
        ready -= done.removed.filter(isPodReady).length;
        if (plan.againAfterMs !== undefined)
          againAfterMs = Math.min(plan.againAfterMs, againAfterMs ?? plan.againAfterMs);
      }
      const { completions } = job.spec;
      const enough = completions === undefined ? progress.succeeded > 0 : progress.succeeded >= completions;
      if (enough && active === 0) outcome = completed(now);
      else if (upToDate && !job.metadata.deletionTimestamp) {
        const suspension = suspendedConditions(job, base, now);
        conditions = suspension.conditions;
        base.startTime = suspension.startTime;
        if (suspension.event) recorder.event(job, 'Normal', suspension.event[0], suspension.event[1]);
      }
    }

    // Nothing may be counted for good while pods that are being stopped may still show up.
    const decided = mayFinish ? outcome : undefined;
    const kind = decided && (decided.type === 'SuccessCriteriaMet' ? 'success' : 'failure');
    const tracking = planTracking({ job, pods: own, progress, released: gone, outcome: kind });
    if (decided && !findCondition(conditions, decided.type)) conditions = [...conditions, decided];
    const first: JobStatus = {
      ...tracking.status,
      startTime: base.startTime,
      active,
      ready,
      terminating,
      conditions,
    };
    let current = await writeStatus(key, job, first);
    const left = await release(key, tracking.release, own);
    const settled = countReleased(current.status!, left.waiting);
    const finish =
      tracking.all && decided && !left.error ? finishCondition(settled, decided, terminating) : undefined;
    current = await writeStatus(key, current, finish ? finished(settled, finish) : settled);
    if (finish) reportFinish(current, finish);
    if (failure ?? left.error) throw failure ?? left.error;
    if (againAfterMs !== undefined && !finish) return { againAfterMs };
  }

  /** Ends the pods of a job that is to end; their finalizers stay until they are counted. */
  async function stop(activePods: readonly Pod[], job: Job) {
    const results = await Promise.allSettled(activePods.map((pod) => actions.delete(pod, job)));
    return {
      deleted: activePods.filter((_, i) => results[i]!.status === 'fulfilled'),
      error: results.find((result) => result.status === 'rejected')?.reason,
    };
  }

  async function carryOut(
    key: string,
    job: Job,
    plan: ReturnType<typeof planPods>,
    awaiting: ReadonlyMap<number, Pod>,
  ): Promise<{ created: number; removed: Pod[]; error?: unknown }> {
    const removed: Pod[] = [];
    let error: unknown;
    if (plan.remove.length > 0) {
      expectations.expectDeletes(
        key,
        plan.remove.map((pod) => pod.metadata.uid),
      );
      // Pods that are surplus were not failures: they go without being counted.
      for (const result of await Promise.allSettled(plan.remove.map((pod) => discard(key, pod, job)))) {
        if (result.status === 'fulfilled') removed.push(result.value);
        else error ??= result.reason;
      }
    }
    if (plan.create.length === 0) return { created: 0, removed, error };
    expectations.expectCreates(key, plan.create.length);
    const result = await slowStart(plan.create.length, async (i) => {
      const index = plan.create[i];
      await actions.create(jobPod(job, index, index === undefined ? undefined : awaiting.get(index)), job);
    });
    expectations.createSeen(key, plan.create.length - result.done);
    if (result.error && !isNamespaceTerminating(result.error)) error ??= result.error;
    return { created: result.done, removed, error };
  }

  async function discard(key: string, pod: Pod, job: Job): Promise<Pod> {
    let deleted = false;
    try {
      if (isTracked(pod)) await removeFinalizer(pod);
      deleted = await actions.delete(pod, job);
      return pod;
    } finally {
      if (!deleted) expectations.deleteSeen(key, pod.metadata.uid);
    }
  }

  /** Takes finalizers away; returns the uids of pods that still have theirs. */
  async function release(key: string, toRelease: readonly Pod[], own: readonly Pod[]) {
    const gone = released.get(key) ?? new Set<string>();
    if (toRelease.length > 0) released.set(key, gone);
    for (const pod of toRelease) gone.add(pod.metadata.uid);
    const results = await Promise.allSettled(toRelease.map(removeFinalizer));
    for (const [i, result] of results.entries()) {
      if (result.status === 'rejected') gone.delete(toRelease[i]!.metadata.uid);
    }
    // What the watch has shown meanwhile is not in `gone` any more, but has lost its finalizer all the same.
    const done = new Set(toRelease.filter((_, i) => results[i]!.status === 'fulfilled'));
    const waiting = new Set(
      own
        .filter((pod) => isTracked(pod) && !done.has(pod) && !gone.has(pod.metadata.uid))
        .map((pod) => pod.metadata.uid),
    );
    return { waiting, error: results.find((result) => result.status === 'rejected')?.reason };
  }

  async function removeFinalizer(pod: Pod) {
    await removeTrackingFinalizer(client, pod);
  }

  async function writeStatus(key: string, job: Job, status: JobStatus): Promise<Job> {
    if (semanticEqual(withoutZeros(job.status), withoutZeros(status))) return { ...job, status };
    const written = await client.updateStatus(refs.jobs, { ...job, status: omitZeroCounts(status) });
    ownWrites.note(key, written);
    return written;
  }

  function reportFinish(job: Job, finish: JobCondition) {
    if (finish.type === 'Complete') {
      const { completions } = job.spec;
      if (completions !== undefined && (job.status?.succeeded ?? 0) > completions) {
        const message = 'Too many succeeded pods running after completion count reached';
        recorder.event(job, 'Warning', 'TooManySucceededPods', message);
      }
      recorder.event(job, 'Normal', 'Completed', 'Job completed');
    } else recorder.event(job, 'Warning', finish.reason!, finish.message!);
  }

  function finishCondition(
    status: JobStatus,
    decided: JobCondition,
    terminating: number,
  ): JobCondition | undefined {
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
    if (succeeded.length + failed.length > 0 || terminating > 0) return undefined;
    const type = decided.type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed';
    return jobCondition(type, decided.reason!, decided.message!, clock.now());
  }

  function forget(key: string) {
    expectations.forget(key);
    ownWrites.forget(key);
    released.delete(key);
  }
}

/** Strategic, so that finalizers of others that come and go meanwhile stay as they are. */
export async function removeTrackingFinalizer(client: ControllerContext['client'], pod: Pod): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  const metadata = { uid, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] };
  try {
    await client.patch(refs.pods, name, namespace, 'strategic', { metadata });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function started(job: Job, now: number): JobStatus {
  const startTime = job.status?.startTime ?? (job.spec.suspend ? undefined : rfc3339(now));
  return { ...job.status, startTime };
}

function finished(status: JobStatus, finish: JobCondition): JobStatus {
  return {
    ...status,
    conditions: [...(status.conditions ?? []), finish],
    ...(finish.type === 'Complete' && { completionTime: finish.lastTransitionTime }),
  };
}

/** `ready` and `terminating` are pointers in the API: 0 says something. The other counts are left out at 0. */
function omitZeroCounts({ active, succeeded, failed, completedIndexes, ...rest }: JobStatus): JobStatus {
  return {
    ...rest,
    ...(active && { active }),
    ...(succeeded && { succeeded }),
    ...(failed && { failed }),
    ...(completedIndexes && { completedIndexes }),
  };
}

function withoutZeros(status: JobStatus | undefined): JobStatus {
  return omitZeroCounts(status ?? {});
}

function selectorOf(job: Job) {
  return labelSelectorMatcher(job.spec.selector);
}
