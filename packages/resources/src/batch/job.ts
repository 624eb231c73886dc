import type { Job } from '@kubets/api';
import { dropGatedFields } from '../core/pod/prepare_pod.ts';
import { define, kindsOf } from '../define.ts';
import { ageSince, humanDuration } from '../table/age.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { warnOfName } from '../workload/warn_of_workload.ts';
import { selectorText, templateColumns } from '../workload/workload_columns.ts';
import { defaultJob, defaultJobLabels } from './default_job.ts';
import { hasCondition, validateJobStatus } from './job_status.ts';
import { validateJobUpdate } from './update_job.ts';
import { validateJob } from './validate_job.ts';
import { warnOfJobSpec } from './warn_of_job.ts';

export const job = define<Job>({
  id: kindsOf('batch', 'v1')('jobs', 'Job', { categories: ['all'] }),
  scope: 'Namespaced',
  columns: columnsOf<Job>(
    textColumn('Status', 'How far it is.', statusText),
    textColumn('Completions', 'How many of its pods have succeeded, of how many wanted.', completionsText),
    textColumn('Duration', 'How long it took, or has taken so far.', durationText),
    ...templateColumns<Job>(({ spec }) => spec.template?.spec?.containers, selectorText),
  ),
  // Older than garbage collection, like replication controllers: pods of a deleted job stay, unless asked.
  defaultPropagation: 'Orphan',
  defaults: defaultJob,
  generation: 'spec',
  prepareCreate(object) {
    if (!object.spec.manualSelector) generateSelector(object);
    // The template has labels only now.
    defaultJobLabels(object);
    if (object.spec.template?.spec) dropGatedFields(object.spec.template.spec);
  },
  prepareUpdate: ({ spec }) => spec.template?.spec && dropGatedFields(spec.template.spec),
  ownMetaRules: false,
  validate: (next, old) => (old ? validateJobUpdate(next, old) : validateJob(next)),
  warnings: (next, old) => [...warnOfName(next, old), ...warnOfJobSpec(next.spec, 'spec', next, old)],
  status: { validate: validateJobStatus },
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
});

/** Pods of a job are told by its uid; the labels without a prefix are those of before 1.27. */
function generateSelector({ metadata, spec }: Job): void {
  const { name = '', uid } = metadata;
  const template = (spec.template ??= {});
  template.metadata = {
    ...template.metadata,
    labels: {
      'job-name': name,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'batch.kubernetes.io/controller-uid': uid,
      ...template.metadata?.labels,
    },
  };
  spec.selector = {
    ...spec.selector,
    matchLabels: { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector?.matchLabels },
  };
}

function statusText(object: Job): string {
  if (hasCondition(object, 'Complete')) return 'Complete';
  if (hasCondition(object, 'Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp) return 'Terminating';
  if (hasCondition(object, 'Suspended')) return 'Suspended';
  if (hasCondition(object, 'FailureTarget')) return 'FailureTarget';
  return hasCondition(object, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return '';
  if (!status.completionTime) return ageSince(status.startTime, nowMs);
  return humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime));
}
