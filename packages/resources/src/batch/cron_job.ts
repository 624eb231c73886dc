import {
  type CronJob,
  type CronJobSpec,
  type FieldError,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { dropGatedFields } from '../core/pod/prepare_pod.ts';
import { define, kindsOf } from '../define.ts';
import { validateOneOf } from '../rules/enums.ts';
import { goStruct } from '../rules/go_struct.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { ageSince } from '../table/age.ts';
import { columnsOf, countColumn, formatSelector, textColumn } from '../table/columns.ts';
import { warnOfName } from '../workload/warn_of_workload.ts';
import { templateColumns } from '../workload/workload_columns.ts';
import { isTimeZone, parseCronSchedule } from './cron_schedule.ts';
import { defaultJobSpec } from './default_job.ts';
import { validateJobSpec } from './validate_job.ts';
import { warnOfJobSpec } from './warn_of_job.ts';

const zoneInSchedule =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';

export const cronJob = define<CronJob>({
  id: kindsOf('batch', 'v1')('cronjobs', 'CronJob', { shortNames: ['cj'], categories: ['all'] }),
  scope: 'Namespaced',
  columns: columnsOf<CronJob>(
    textColumn('Schedule', 'When it runs, as crontab says it.', ({ spec }) => spec.schedule),
    textColumn('Timezone', 'Where that time is.', ({ spec }) => spec.timeZone ?? '<none>'),
    {
      name: 'Suspend',
      type: 'boolean',
      description: 'Whether it makes no more jobs for now.',
      value: ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'),
    },
    countColumn('Active', 'How many of its jobs run.', ({ status }) => status?.active?.length),
    textColumn('Last Schedule', 'Time since it made its last job.', ({ status }, nowMs) =>
      status?.lastScheduleTime ? ageSince(status.lastScheduleTime, nowMs) : '<none>',
    ),
    ...templateColumns<CronJob>(
      ({ spec }) => spec.jobTemplate?.spec?.template?.spec?.containers,
      ({ spec }) => formatSelector(spec.jobTemplate?.spec?.selector),
    ),
  ),
  defaults({ spec }) {
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    // What a job gets of its own is left to when it is made.
    const template = spec.jobTemplate?.spec;
    if (template) defaultJobSpec(template, { inTemplate: true });
  },
  generation: 'spec',
  prepareCreate: ({ spec }) => dropGated(spec),
  prepareUpdate: ({ spec }) => dropGated(spec),
  validate: validateCronJob,
  warnings: (next, old) => [
    ...warnOfName(next, old),
    ...(next.spec.jobTemplate?.spec
      ? warnOfJobSpec(next.spec.jobTemplate.spec, 'spec.jobTemplate.spec', next, old)
      : []),
    ...(old && next.spec.schedule?.includes('TZ') ? [zoneInSchedule] : []),
  ],
  status: {},
});

function dropGated({ jobTemplate }: CronJobSpec): void {
  const spec = jobTemplate?.spec?.template?.spec;
  if (spec) dropGatedFields(spec);
}

function validateCronJob({ metadata, spec }: CronJob, old?: CronJob): FieldError[] {
  const { jobTemplate, timeZone } = spec;
  const errors = spec.schedule ? validateSchedule(spec, old?.spec) : [required('spec.schedule')];
  errors.push(...validateNonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'));
  if (timeZone !== undefined && timeZone !== old?.spec.timeZone) errors.push(...validateTimeZone(timeZone));
  errors.push(
    ...validateOneOf(spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], 'spec.concurrencyPolicy'),
    ...validateJobSpec(jobTemplate?.spec ?? ({} as never), 'spec.jobTemplate.spec'),
  );
  if (jobTemplate?.spec?.selector)
    errors.push(
      invalidValue(
        'spec.jobTemplate.spec.selector',
        goStruct(jobTemplate.spec.selector, 'meta.v1.LabelSelector'),
        '`selector` will be auto-generated',
      ),
    );
  if (jobTemplate?.spec?.manualSelector)
    errors.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  errors.push(
    ...validateNonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...validateNonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
  );
  // Its jobs are named after it with `-` and ten digits.
  if (!old && (metadata.name?.length ?? 0) > 52)
    errors.push(invalidValue('metadata.name', metadata.name, 'must be no more than 52 characters'));
  return errors;
}

function validateSchedule({ schedule, timeZone }: CronJobSpec, old: CronJobSpec | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const result = parseCronSchedule(schedule);
  if (!result.ok) errors.push(invalidValue('spec.schedule', schedule, result.message));
  if (!schedule.includes('TZ')) return errors;
  const allowed = old?.schedule.includes('TZ') ?? false;
  if (!allowed)
    errors.push(
      invalidValue(
        'spec.schedule',
        schedule,
        'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ),
    );
  else if (timeZone !== undefined)
    errors.push(
      invalidValue('spec.schedule', schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'),
    );
  return errors;
}

function validateTimeZone(zone: string): FieldError[] {
  const invalid = (message: string) => [invalidValue('spec.timeZone', zone, message)];
  if (zone === '') return invalid('timeZone must be nil or non-empty string');
  const odd = zone
    .split('/')
    .some(
      (part) => part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z0-9._+-]+$/.test(part),
    );
  if (odd) return invalid(`unknown time zone ${zone}`);
  // A name that might climb out of the database is refused in Go's own words.
  if (zone.includes('..')) return invalid('time: invalid location name');
  if (zone.toLowerCase() === 'local')
    return invalid('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  return isTimeZone(zone) ? [] : invalid(`unknown time zone ${zone}`);
}
