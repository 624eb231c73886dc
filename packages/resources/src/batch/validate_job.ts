import {
  type FieldError,
  invalidValue,
  type Job,
  type JobSpec,
  labelSelectorMatcher,
  notSupported,
  required,
  tooLong,
} from '@kubets/api';
import { validatePodTemplate } from '../core/pod/validate_spec.ts';
import { validateDomainPrefixedPath } from '../rules/domain_path.ts';
import { sortedMap } from '../rules/go_struct.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { dns1123Label } from '../rules/names.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { invalidSelector, validateMatches } from '../workload/validate_template.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './validate_job_policies.ts';

export function validateJob(job: Job, old?: Job): FieldError[] {
  const { spec, metadata } = job;
  const errors = [...validateGeneratedSelector(job, old), ...validateSelectingSpec(spec)];
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const longest = `${metadata.name ?? ''}-${spec.completions! - 1}`;
    if (dns1123Label(longest).length > 0)
      errors.push(
        invalidValue(
          'metadata.name',
          metadata.name ?? '',
          `will not able to create pod with invalid DNS label: ${longest}`,
        ),
      );
  }
  return errors;
}

/** The rules of a job's spec and of its selector, which must select the pods of the template. */
export function validateSelectingSpec(spec: JobSpec): FieldError[] {
  const errors = validateJobSpec(spec, 'spec');
  const ofSelector = validateLabelSelector(spec.selector, 'spec.selector');
  errors.push(...(spec.selector ? ofSelector : [required('spec.selector')]));
  if (ofSelector.length === 0) errors.push(...validateMatches(spec.selector, spec.template));
  return errors;
}

/** Where the server made the selector, pods must carry what it made it of. */
function validateGeneratedSelector({ spec, metadata }: Job, old: Job | undefined): FieldError[] {
  if (spec.manualSelector || !spec.selector) return [];
  const labels = spec.template?.metadata?.labels ?? {};
  const prefix = 'batch.kubernetes.io/';
  const expected: Record<string, string> = {
    'controller-uid': metadata.uid,
    'job-name': metadata.name ?? '',
  };
  // Jobs of before 1.27 have only the labels without a prefix.
  const before = old?.spec.template?.metadata?.labels ?? {};
  if (!old || (`${prefix}job-name` in before && `${prefix}controller-uid` in before))
    for (const key of ['controller-uid', 'job-name']) expected[prefix + key] = expected[key]!;
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`;
    if (!(key in labels)) errors.push(required(path, `must be '${value}'`));
    else if (labels[key] !== value) errors.push(invalidValue(path, sortedMap(labels), `must be '${value}'`));
  }
  if (validateLabelSelector(spec.selector, '').length === 0)
    if (!labelSelectorMatcher(spec.selector).matches(expected))
      errors.push(invalidSelector(spec.selector, '`selector` not auto-generated'));
  return errors;
}

/** The rules of a job's spec, alone or in the template of a CronJob. */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const)
    errors.push(...validateNonNegative(spec[field], `${path}.${field}`));
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  errors.push(
    ...validateManagedBy(spec.managedBy, `${path}.managedBy`),
    ...validateCompletionMode(spec, path),
    ...validatePodFailurePolicy(spec, `${path}.podFailurePolicy`),
    ...validateSuccessPolicy(spec, `${path}.successPolicy`),
    ...validateReplacement(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplate(spec.template ?? {}, `${path}.template`),
    ...validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`),
  );
  return errors;
}

function validateManagedBy(name: string | undefined, path: string): FieldError[] {
  if (name === undefined) return [];
  return [
    ...validateDomainPrefixedPath(name, path),
    ...(name.length > 63 ? [tooLong(path, undefined, 63)] : []),
  ];
}

const manyIndexes = 100_000;

function validateCompletionMode(spec: JobSpec, path: string): FieldError[] {
  const { completionMode: mode = 'NonIndexed', completions, parallelism, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  const invalid = (field: keyof JobSpec, text: string) =>
    errors.push(invalidValue(`${path}.${field}`, spec[field], text));
  if (mode === 'NonIndexed') {
    if (spec.backoffLimitPerIndex !== undefined)
      invalid('backoffLimitPerIndex', 'requires indexed completion mode');
    if (maxFailedIndexes !== undefined) invalid('maxFailedIndexes', 'requires indexed completion mode');
    return errors;
  }
  if (mode !== 'Indexed') return [notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])];
  if (completions === undefined)
    errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  if ((parallelism ?? 0) > manyIndexes)
    invalid('parallelism', `must be less than or equal to ${manyIndexes} when completion mode is Indexed`);
  if (completions !== undefined && (maxFailedIndexes ?? 0) > completions)
    invalid('maxFailedIndexes', 'must be less than or equal to completions');
  if ((maxFailedIndexes ?? 0) > manyIndexes)
    invalid('maxFailedIndexes', `must be less than or equal to ${manyIndexes}`);
  if ((completions ?? 0) <= manyIndexes || spec.backoffLimitPerIndex === undefined) return errors;
  if (maxFailedIndexes === undefined)
    errors.push(
      required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${manyIndexes}`),
    );
  const limit = `must be less than or equal to 10000 when completions are above ${manyIndexes} and used with backoff limit per index`;
  if ((parallelism ?? 0) > 10_000) invalid('parallelism', limit);
  if ((maxFailedIndexes ?? 0) > 10_000) invalid('maxFailedIndexes', limit);
  return errors;
}

function validateReplacement(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.podReplacementPolicy;
  const known = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return policy === undefined || known.includes(policy) ? [] : [notSupported(path, policy, known)];
}

function validateRestartPolicy(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.template?.spec?.restartPolicy;
  if (!policy || policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never')
    return [notSupported(path, policy, ['OnFailure', 'Never'])];
  return spec.podFailurePolicy && policy !== 'Never'
    ? [invalidValue(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
}
