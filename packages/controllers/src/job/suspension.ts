import type { Job, JobCondition, JobStatus } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { findCondition } from '../runtime/condition.ts';
import { jobCondition } from './job_outcome.ts';

/** The condition Suspended (KEP-2232): it appears with the first suspension, and the start time begins anew after it. */
export function suspendedConditions(
  job: Job,
  status: JobStatus,
  now: Ms,
): { conditions: JobCondition[]; startTime?: string; event?: [reason: string, message: string] } {
  const conditions = status.conditions ?? [];
  const current = findCondition(conditions, 'Suspended');
  const unchanged = { conditions, startTime: status.startTime };
  if (job.spec.suspend) {
    if (current?.status === 'True') return unchanged;
    const next = jobCondition('Suspended', 'JobSuspended', 'Job suspended', now);
    return { conditions: replaced(conditions, next), event: ['Suspended', 'Job suspended'] };
  }
  if (current?.status !== 'True') return unchanged;
  const next = jobCondition('Suspended', 'JobResumed', 'Job resumed', now, 'False');
  return {
    conditions: replaced(conditions, next),
    startTime: rfc3339(now),
    event: ['Resumed', 'Job resumed'],
  };
}

function replaced(conditions: readonly JobCondition[], next: JobCondition): JobCondition[] {
  if (!conditions.some(({ type }) => type === next.type)) return [...conditions, next];
  return conditions.map((condition) => (condition.type === next.type ? next : condition));
}
