// `/status` of a job: counters and conditions that may not contradict each other. A contradiction that is there
// already is not the fault of an update that leaves it as it is.
import { duplicate, type FieldError, invalidValue, type Job, required } from '@kubets/api';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { overlapOf, parseIndexes } from './job_indexes.ts';
import { withoutValue } from './validate_job_policies.ts';

export function hasCondition({ status }: Job, type: string): boolean {
  return status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
}

const isFinished = (job: Job) => hasCondition(job, 'Complete') || hasCondition(job, 'Failed');

export function validateJobStatus(next: Job, old: Job): FieldError[] {
  return [
    ...validateCounters(next),
    ...validateConditions(next, old),
    ...validateTimes(next, old),
    ...validateFinished(next, old),
    ...validateIndexes(next, old),
    ...validateHistory(next, old),
  ];
}

function validateCounters({ status = {} }: Job): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const)
    errors.push(...validateNonNegative(status[field], `status.${field}`));
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const)
    status.uncountedTerminatedPods?.[list]?.forEach((uid, i) => {
      const path = `status.uncountedTerminatedPods.${list}[${i}]`;
      if (!uid) errors.push(invalidValue(path, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(duplicate(path, uid));
      seen.add(uid);
    });
  return errors;
}

function changedIn(next: Job, old: Job, ...types: string[]): boolean {
  return types.some((type) => hasCondition(next, type) !== hasCondition(old, type));
}

function validateConditions(next: Job, old: Job): FieldError[] {
  const has = (type: string) => hasCondition(next, type);
  const changed = (...types: string[]) => changedIn(next, old, ...types);
  const failedIndexesChanged = next.status?.failedIndexes !== old.status?.failedIndexes;
  const faults: [boolean, string][] = [
    [
      changed('Complete', 'Failed') && has('Complete') && has('Failed'),
      'cannot set Complete=True and Failed=true conditions',
    ],
    [
      changed('Complete', 'FailureTarget') && has('Complete') && has('FailureTarget'),
      'cannot set Complete=True and FailureTarget=true conditions',
    ],
    [
      (changed('Failed') || failedIndexesChanged) && has('Failed') && !has('FailureTarget'),
      'cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      changed('Complete', 'SuccessCriteriaMet') && has('Complete') && !has('SuccessCriteriaMet'),
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    [
      has('SuccessCriteriaMet') && has('Failed'),
      'cannot set SuccessCriteriaMet=True and Failed=true conditions',
    ],
    [
      has('SuccessCriteriaMet') && has('FailureTarget'),
      'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
    [
      next.spec.successPolicy !== undefined && !has('SuccessCriteriaMet') && has('Complete'),
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
  ];
  return faults.filter(([applies]) => applies).map(([, text]) => withoutValue('status.conditions', text));
}

function validateTimes(next: Job, old: Job): FieldError[] {
  const { startTime, completionTime } = next.status ?? {};
  const path = 'status.completionTime';
  const changed = completionTime !== old.status?.completionTime;
  const complete = hasCondition(next, 'Complete');
  const errors: FieldError[] = [];
  if (changed || changedIn(next, old, 'Complete')) {
    if (completionTime && !complete)
      errors.push(
        invalidValue(
          path,
          completionTime,
          'cannot set completionTime when there is no Complete=True condition',
        ),
      );
    if (!completionTime && complete)
      errors.push(required(path, 'completionTime is required for Complete jobs'));
  }
  const moved = changed || startTime !== old.status?.startTime;
  if (moved && startTime && completionTime && Date.parse(completionTime) < Date.parse(startTime))
    errors.push(invalidValue(path, completionTime, 'must be equal to or after `startTime`'));
  return errors;
}

function validateFinished(next: Job, old: Job): FieldError[] {
  const {
    active = 0,
    startTime,
    uncountedTerminatedPods: uncounted,
    terminating = 0,
    ready,
  } = next.status ?? {};
  const before = old.status ?? {};
  const errors: FieldError[] = [];
  const justFinished = isFinished(next) !== isFinished(old);
  const check = (changed: boolean) => isFinished(next) && (justFinished || changed);
  if (check(active !== (before.active ?? 0)) && active > 0)
    errors.push(invalidValue('status.active', active, 'active>0 is invalid for finished job'));
  const neverMeantToStart = next.spec.suspend === true && next.spec.completions === 0;
  if (check(startTime !== before.startTime) && !startTime && !neverMeantToStart)
    errors.push(required('status.startTime', 'startTime is required for finished job'));
  const left = (uncounted?.failed?.length ?? 0) + (uncounted?.succeeded?.length ?? 0);
  if (
    check(!sameValue(uncounted, before.uncountedTerminatedPods, 'batch.v1.UncountedTerminatedPods')) &&
    left > 0
  )
    errors.push(invalidValue('status.uncountedTerminatedPods', uncounted, 'must be empty for finished job'));
  if (check(terminating !== (before.terminating ?? 0)) && terminating > 0)
    errors.push(invalidValue('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  const counted = ready !== before.ready || active !== (before.active ?? 0);
  if (counted && ready !== undefined && ready > active)
    errors.push(invalidValue('status.ready', ready, 'cannot set more ready pods than active'));
  return errors;
}

function validateIndexes(next: Job, old: Job): FieldError[] {
  const { completedIndexes: completed = '', failedIndexes: failed } = next.status ?? {};
  const { completions, backoffLimitPerIndex, completionMode } = next.spec;
  const completedChanged = completed !== (old.status?.completedIndexes ?? '');
  const failedChanged = failed !== old.status?.failedIndexes;
  const errors: FieldError[] = [];
  const parsed = {
    completed: parseIndexes(completed, completions ?? 0),
    failed: parseIndexes(failed ?? '', completions ?? 0),
  };
  if (completedChanged && completions !== undefined && !parsed.completed.ok)
    errors.push(
      invalidValue(
        'status.completedIndexes',
        completed,
        `error parsing completedIndexes: ${parsed.completed.message}`,
      ),
    );
  const perIndex = completions !== undefined && backoffLimitPerIndex !== undefined;
  if (failedChanged && perIndex && failed !== undefined && !parsed.failed.ok)
    errors.push(
      invalidValue('status.failedIndexes', failed, `error parsing failedIndexes: ${parsed.failed.message}`),
    );
  if (completedChanged && completed !== '' && completionMode !== 'Indexed')
    errors.push(
      invalidValue(
        'status.completedIndexes',
        completed,
        'cannot set non-empty completedIndexes when non-indexed completion mode',
      ),
    );
  if (failedChanged && failed !== undefined && backoffLimitPerIndex === undefined)
    errors.push(
      invalidValue(
        'status.failedIndexes',
        failed,
        'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      ),
    );
  const overlap = completions === undefined ? undefined : overlapOf(parsed.completed, parsed.failed);
  if ((completedChanged || failedChanged) && overlap !== undefined)
    errors.push(
      invalidValue(
        'status.failedIndexes',
        failed,
        `failedIndexes and completedIndexes overlap at index: ${overlap}`,
      ),
    );
  return errors;
}

/** What has ended, succeeded or failed stays so. */
function validateHistory(next: Job, old: Job): FieldError[] {
  const status = next.status ?? {};
  const before = old.status ?? {};
  const errors: FieldError[] = [];
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (hasCondition(old, type) && !hasCondition(next, type))
      errors.push(withoutValue('status.conditions', `cannot disable the terminal ${type}=True condition`));
  if ((status.failed ?? 0) < (before.failed ?? 0))
    errors.push(invalidValue('status.failed', status.failed ?? 0, 'cannot decrease the failed counter'));
  // An elastic indexed job that shrinks forgets the indexes that it no longer has (KEP-3715).
  const elastic = next.spec.completionMode === 'Indexed' && next.spec.completions === next.spec.parallelism;
  if (!elastic && (status.succeeded ?? 0) < (before.succeeded ?? 0))
    errors.push(
      invalidValue('status.succeeded', status.succeeded ?? 0, 'cannot decrease the succeeded counter'),
    );
  const { completionTime, startTime } = status;
  if (completionTime && before.completionTime && completionTime !== before.completionTime)
    errors.push(invalidValue('status.completionTime', completionTime, immutableText));
  const resumes = hasCondition(old, 'Suspended') && !hasCondition(next, 'Suspended');
  if (before.startTime && startTime !== before.startTime && !next.spec.suspend && !resumes)
    errors.push(
      invalidValue('status.startTime', startTime ?? null, 'field is immutable for unsuspended job once set'),
    );
  if (hasCondition(old, 'SuccessCriteriaMet') && !hasCondition(next, 'SuccessCriteriaMet'))
    errors.push(withoutValue('status.conditions', 'cannot disable the SuccessCriteriaMet=True condition'));
  if (
    hasCondition(old, 'Complete') &&
    !hasCondition(old, 'SuccessCriteriaMet') &&
    hasCondition(next, 'SuccessCriteriaMet')
  )
    errors.push(
      withoutValue(
        'status.conditions',
        'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
      ),
    );
  return errors;
}
