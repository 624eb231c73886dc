// When a cron job starts a job next, and whether it should start one now.
import type { CronJob } from '@kubets/api';
import type { Ms } from '@kubets/base';

export type Next = (after: Ms) => Ms | undefined;

export type CronPlan =
  | { action: 'wait'; reason?: 'tooLate' | 'alreadyActive'; scheduledAt?: Ms }
  | { action: 'start'; scheduledAt: Ms; replace: boolean; missedMany: boolean }
  | { action: 'invalid'; message: string };

/** Missed starts beyond this number earn a warning. */
const manyMissed = 100;

export function planCron(cronJob: CronJob, next: Next, now: Ms): CronPlan {
  const due = lastDue(cronJob, next, now, true);
  if (due.invalid) return { action: 'invalid', message: due.invalid };
  const { at } = due;
  if (at === undefined || at > now) return { action: 'wait' };
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
  const { lastScheduleTime, active = [] } = cronJob.status ?? {};
  if (startingDeadlineSeconds !== undefined && at + startingDeadlineSeconds * 1000 < now) {
    return { action: 'wait', reason: 'tooLate', scheduledAt: at };
  }
  const done = lastScheduleTime !== undefined && Date.parse(lastScheduleTime) === at;
  if (done || active.some(({ name }) => name === jobName(cronJob, at))) return { action: 'wait' };
  if (concurrencyPolicy === 'Forbid' && active.length > 0) return { action: 'wait', reason: 'alreadyActive' };
  return {
    action: 'start',
    scheduledAt: at,
    replace: concurrencyPolicy === 'Replace',
    missedMany: due.missed > manyMissed,
  };
}

/** How long until the next start is due. */
export function nextStartIn(cronJob: CronJob, next: Next, now: Ms): Ms | undefined {
  const due = lastDue(cronJob, next, now, false);
  const from = due.invalid ? now : (due.at ?? (due.missed > 0 ? now : due.since));
  const at = next(from);
  // Clocks differ a little: a start that is looked for too early would have to be looked for again.
  return at === undefined ? undefined : Math.max(0, at + 100 - now);
}

/** The name tells the minute, so that one start can't be made twice. */
export function jobName(cronJob: CronJob, scheduledAt: Ms): string {
  return `${cronJob.metadata.name}-${Math.floor(scheduledAt / 60_000)}`;
}

interface Due {
  /** From when on starts are looked for. */
  since: Ms;
  /** The most recent start that is due. */
  at?: Ms;
  /** Starts that were due since, about. */
  missed: number;
  invalid?: string;
}

function lastDue(cronJob: CronJob, next: Next, now: Ms, withDeadline: boolean): Due {
  let since = Date.parse(cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp);
  const deadline = cronJob.spec.startingDeadlineSeconds;
  if (withDeadline && deadline !== undefined) since = Math.max(since, now - deadline * 1000);
  const first = next(since);
  if (first === undefined) {
    return { since, missed: 0, invalid: 'time difference between two schedules is less than 1 second' };
  }
  if (now < first) return { since, missed: 0 };
  const second = next(first);
  if (second === undefined || now < second) return { since, at: first, missed: 0 };
  // Do not walk through all of a long outage: jump near its end by the first interval, and walk from there.
  const missed = Math.floor((now - first) / (second - first)) + 1;
  let at: Ms | undefined;
  let time = next(first + (missed - 2) * (second - first));
  while (time !== undefined && time <= now) {
    at = time;
    time = next(time);
  }
  return { since, at, missed };
}
