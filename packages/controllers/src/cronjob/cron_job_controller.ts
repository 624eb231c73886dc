import {
  type CronJob,
  type CronJobStatus,
  controllerOf,
  isAlreadyExists,
  isNotFound,
  type Job,
  type ObjectReference,
} from '@kubets/api';
import { errorMessage, type Ms, rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import { readCronSchedule } from '@kubets/resources';
import { isFinished } from '../job/job_outcome.ts';
import { findCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { byController } from '../runtime/indexes.ts';
import { OwnWrites } from '../runtime/own_writes.ts';
import { controllerReference } from '../runtime/owner.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { watchSelf } from '../runtime/watch.ts';
import { watchOwned } from '../runtime/watch_owned.ts';
import { nextTime } from './next_time.ts';
import { jobName, type Next, nextStartIn, planCron } from './plan_cron.ts';
import { formatInZone, type TimeZone, timeZone, utc } from './time_zone.ts';

const scheduledTimestamp = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

export function cronJobRuns(context: ControllerContext): Controller {
  const { client, caches, clock, recorder } = context;
  const cronJobs = caches.of(refs.cronJobs);
  const jobs = caches.of(refs.jobs);
  const jobsOf = caches.lookup(refs.jobs, byController);
  const ownWrites = new OwnWrites();

  return {
    name: 'cronjob',
    watches: [watchSelf(cronJobs), watchOwned({ owned: jobs, owners: cronJobs })],
    async reconcile(key) {
      const cronJob = cronJobs.get(key);
      if (!cronJob) return ownWrites.forget(key);
      if (!ownWrites.seen(key, cronJob)) return;
      const own = jobsOf(cronJob.metadata.uid);
      const status = await observeJobs(cronJob, own);
      const current = { ...cronJob, status };
      let failure: unknown;
      let againAfterMs: Ms | undefined;
      try {
        if (!cronJob.metadata.deletionTimestamp) againAfterMs = await schedule(current);
      } catch (error) {
        failure = error;
      }
      await removeHistory(current, own);
      if (!semanticEqual(cronJob.status, current.status)) {
        ownWrites.note(key, await client.updateStatus(refs.cronJobs, current));
      }
      if (failure) throw failure;
      if (againAfterMs !== undefined) return { againAfterMs };
    },
  };

  /** The status by what became of the jobs. */
  async function observeJobs(cronJob: CronJob, own: readonly Job[]): Promise<CronJobStatus> {
    const status = { ...cronJob.status, active: [...(cronJob.status?.active ?? [])] };
    for (const job of own) {
      const listed = status.active.some(({ uid }) => uid === job.metadata.uid);
      if (!isFinished(job)) {
        if (listed) continue;
        const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`;
        recorder.event(cronJob, 'Warning', 'UnexpectedJob', message);
        continue;
      }
      const condition = isComplete(job) ? 'Complete' : 'Failed';
      if (listed) {
        status.active = status.active.filter(({ uid }) => uid !== job.metadata.uid);
        const message = `Saw completed job: ${job.metadata.name}, condition: ${condition}`;
        recorder.event(cronJob, 'Normal', 'SawCompletedJob', message);
      }
      const { completionTime } = job.status!;
      if (condition === 'Complete' && completionTime && !(status.lastSuccessfulTime! >= completionTime)) {
        status.lastSuccessfulTime = completionTime;
      }
    }
    for (const reference of [...status.active]) {
      if (own.some(({ metadata }) => metadata.uid === reference.uid) || (await isThere(reference))) continue;
      recorder.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${reference.name}`);
      status.active = status.active.filter(({ uid }) => uid !== reference.uid);
    }
    return status;
  }

  /** Starts a job if one is due; changes `cronJob.status`. Returns how long until the next. */
  async function schedule(cronJob: CronJob & { status: CronJobStatus }): Promise<Ms | undefined> {
    const times = scheduleOf(cronJob);
    if (!times || cronJob.spec.suspend) return undefined;
    const now = clock.now();
    const plan = planCron(cronJob, times.next, now);
    if (plan.action === 'invalid') {
      const message = `invalid schedule: ${cronJob.spec.schedule} : ${plan.message}`;
      recorder.event(cronJob, 'Warning', 'InvalidSchedule', message);
      return undefined;
    }
    if (plan.action === 'wait' && plan.reason === 'tooLate') {
      const at = new Date(plan.scheduledAt!).toUTCString().replace('GMT', '+0000');
      recorder.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${at}`);
    } else if (plan.action === 'wait' && plan.reason === 'alreadyActive') {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      recorder.event(cronJob, 'Normal', 'JobAlreadyActive', message);
    } else if (plan.action === 'start') {
      if (plan.missedMany) {
        const message =
          'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
        recorder.event(cronJob, 'Warning', 'TooManyMissedTimes', message);
      }
      if (plan.replace) await stopActive(cronJob);
      await start(cronJob, plan.scheduledAt, times.zone);
    }
    return nextStartIn(cronJob, times.next, now);
  }

  /** Undefined, after an event that says why, when the schedule or the zone can't be understood. */
  function scheduleOf(cronJob: CronJob): { next: Next; zone: TimeZone } | undefined {
    const { schedule: text, timeZone: name } = cronJob.spec;
    let zone = utc;
    try {
      if (name !== undefined) zone = timeZone(name);
    } catch (error) {
      const message = `invalid timeZone: "${name}": ${errorMessage(error)}`;
      recorder.event(cronJob, 'Warning', 'UnknownTimeZone', message);
      return undefined;
    }
    try {
      const schedule = readCronSchedule(text);
      if (schedule.zone !== undefined) {
        const message = `CRON_TZ or TZ used in schedule "${text}" is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`;
        recorder.event(cronJob, 'Warning', 'UnsupportedSchedule', message);
        zone = timeZone(schedule.zone);
      }
      return { next: (after) => nextTime(schedule, after, zone), zone };
    } catch (error) {
      const message = `unparseable schedule: "${text}" : ${errorMessage(error)}`;
      recorder.event(cronJob, 'Warning', 'UnparseableSchedule', message);
      return undefined;
    }
  }

  async function start(cronJob: CronJob & { status: CronJobStatus }, scheduledAt: Ms, zone: TimeZone) {
    const { metadata, spec } = cronJob.spec.jobTemplate;
    const name = jobName(cronJob, scheduledAt);
    let job: Job;
    try {
      job = await client.create(refs.jobs, {
        metadata: {
          name,
          namespace: cronJob.metadata.namespace,
          labels: { ...metadata?.labels },
          annotations: { ...metadata?.annotations, [scheduledTimestamp]: formatInZone(scheduledAt, zone) },
          ownerReferences: [controllerReference(cronJob, refs.cronJobs)],
        },
        spec: spec!,
      });
      recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
    } catch (error) {
      if (!isAlreadyExists(error)) {
        if (!isNamespaceTerminating(error)) {
          recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${errorMessage(error)}`);
        }
        throw error;
      }
      // Made by an earlier try that could not write it down.
      job = await client.get(refs.jobs, name, cronJob.metadata.namespace);
      if (controllerOf(job)?.uid !== cronJob.metadata.uid) return;
    }
    const active = cronJob.status.active ?? [];
    if (!active.some(({ uid }) => uid === job.metadata.uid)) active.push(referenceTo(job));
    cronJob.status = { ...cronJob.status, active, lastScheduleTime: rfc3339(scheduledAt) };
  }

  async function stopActive(cronJob: CronJob & { status: CronJobStatus }) {
    for (const { name, namespace } of cronJob.status.active ?? []) {
      try {
        await deleteJob(cronJob, await client.get(refs.jobs, name!, namespace));
      } catch (error) {
        if (!isNotFound(error)) {
          recorder.event(cronJob, 'Warning', 'FailedGet', `Get job: ${errorMessage(error)}`);
          throw error;
        }
      }
    }
    cronJob.status = { ...cronJob.status, active: [] };
  }

  async function removeHistory(cronJob: CronJob, own: readonly Job[]) {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
    const finished = own.filter((job) => isFinished(job) && !job.metadata.deletionTimestamp);
    const surplus = (jobs: Job[], limit: number | undefined) =>
      limit === undefined ? [] : jobs.sort(startedFirst).slice(0, Math.max(0, jobs.length - limit));
    for (const job of [
      ...surplus(finished.filter(isComplete), successfulJobsHistoryLimit),
      ...surplus(
        finished.filter((job) => !isComplete(job)),
        failedJobsHistoryLimit,
      ),
    ]) {
      await deleteJob(cronJob, job);
    }
  }

  async function deleteJob(cronJob: CronJob, { metadata: { name, namespace, uid } }: Job) {
    try {
      await client.delete(refs.jobs, name, namespace, { uid, propagationPolicy: 'Background' });
    } catch (error) {
      if (isNotFound(error)) return;
      recorder.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${errorMessage(error)}`);
      throw error;
    }
    recorder.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  }

  /** Asks the server: the local copy may not show a job that was just made. */
  async function isThere({ name, namespace }: ObjectReference): Promise<boolean> {
    try {
      await client.get(refs.jobs, name!, namespace);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

function isComplete(job: Job): boolean {
  return findCondition(job.status?.conditions, 'Complete')?.status === 'True';
}

function startedFirst(a: Job, b: Job): number {
  const start = (job: Job) =>
    job.status?.startTime ? Date.parse(job.status.startTime) : Number.POSITIVE_INFINITY;
  const [first, second] = [start(a), start(b)];
  if (first !== second) return first < second ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function referenceTo({ metadata: { name, namespace, uid, resourceVersion } }: Job): ObjectReference {
  return { apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid, resourceVersion };
}
