import {
  type FieldError,
  invalidValue,
  type Job,
  type JobSpec,
  labelSelectorMatcher,
  notSupported,
  type PodSpec,
  type PodTemplateSpec,
  required,
  tooLong,
} from '@kubets/api';
import { validatePodTemplate } from '../core/pod/validate_spec.ts';
import { validateDomainPrefixedPath } from '../rules/domain_path.ts';
import { sameField, sameValue } from '../rules/equality.ts';
import { immutableText, validateLabelSelector } from '../rules/labels.ts';
import { dns1123Label } from '../rules/names.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { validateMatches } from '../workload/validate_template.ts';
import { hasCondition } from './job_status.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './validate_job_policies.ts';

export function validateJob(job: Job): FieldError[] {
  const { spec, metadata } = job;
  const errors = [...validateGeneratedSelector(job), ...validateJobSpec(spec, 'spec')];
  if (!spec.selector) errors.push(required('spec.selector'));
  else
    errors.push(
      ...validateLabelSelector(spec.selector, 'spec.selector'),
      ...validateMatches(spec.selector, spec.template),
    );
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const longest = `${metadata.name}-${spec.completions! - 1}`;
    if (dns1123Label(longest).length > 0)
      errors.push(
        invalidValue(
          'metadata.name',
          metadata.name,
          `will not able to create pod with invalid DNS label: ${longest}`,
        ),
      );
  }
  return errors;
}

/** Where the server made the selector, pods must carry what it made it of. */
function validateGeneratedSelector({ spec, metadata }: Job): FieldError[] {
  if (spec.manualSelector || !spec.selector) return [];
  const labels = spec.template?.metadata?.labels ?? {};
  const prefix = 'batch.kubernetes.io/';
  const expected: Record<string, string> = { 'controller-uid': metadata.uid, 'job-name': metadata.name };
  // Jobs of before 1.27 have only the labels without a prefix.
  if (`${prefix}job-name` in labels && `${prefix}controller-uid` in labels)
    for (const key of ['controller-uid', 'job-name']) expected[prefix + key] = expected[key]!;
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`;
    if (!(key in labels)) errors.push(required(path, `must be '${value}'`));
    if (labels[key] !== value) errors.push(invalidValue(path, labels, `must be '${value}'`));
  }
  if (validateLabelSelector(spec.selector, '').length === 0)
    if (!labelSelectorMatcher(spec.selector).matches(expected))
      errors.push(invalidValue('spec.selector', spec.selector, '`selector` not auto-generated'));
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

export function validateJobUpdate(next: Job, old: Job): FieldError[] {
  const errors: FieldError[] = [];
  const fixed = (field: keyof JobSpec) => {
    if (!sameField(next.spec, old.spec, field, 'batch.v1.JobSpec'))
      errors.push(invalidValue(`spec.${field}`, next.spec[field] ?? null, immutableText));
  };
  if (next.spec.completionMode !== 'Indexed') fixed('completions');
  else if (
    next.spec.completions !== undefined &&
    next.spec.completions !== old.spec.completions &&
    next.spec.completions !== next.spec.parallelism
  )
    errors.push(
      invalidValue(
        'spec.completions',
        next.spec.completions,
        'can only be modified in tandem with spec.parallelism',
      ),
    );
  fixed('selector');
  errors.push(...validateTemplateUpdate(next, old));
  for (const field of [
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ] as const)
    fixed(field);
  return errors;
}

/** A suspended job without running pods may be steered to other nodes (KEP-2926) and given other resources. */
function validateTemplateUpdate(next: Job, old: Job): FieldError[] {
  const idle = old.status?.startTime === undefined || hasCondition(old, 'Suspended');
  const changeable = old.spec.suspend === true && idle && !old.status?.active;
  const template = next.spec.template ?? {};
  const before = changeable ? withChangeableOf(old.spec.template ?? {}, template) : (old.spec.template ?? {});
  return sameValue(template, before, 'core.v1.PodTemplateSpec')
    ? []
    : [invalidValue('spec.template', template, immutableText)];
}

function withChangeableOf(old: PodTemplateSpec, next: PodTemplateSpec): PodTemplateSpec {
  const spec = { ...old.spec } as PodSpec;
  const from = next.spec ?? ({} as PodSpec);
  const affinity = { ...spec.affinity, nodeAffinity: from.affinity?.nodeAffinity };
  if (!affinity.nodeAffinity) delete affinity.nodeAffinity;
  spec.affinity = Object.keys(affinity).length > 0 || from.affinity ? affinity : undefined;
  spec.nodeSelector = from.nodeSelector;
  spec.tolerations = from.tolerations;
  spec.schedulingGates = from.schedulingGates;
  for (const list of ['containers', 'initContainers'] as const)
    if (spec[list]?.length === from[list]?.length)
      spec[list] = spec[list]?.map((container, i) =>
        container.name === from[list]![i]!.name
          ? { ...container, resources: from[list]![i]!.resources }
          : container,
      ) as PodSpec['containers'];
  const { labels, annotations } = next.metadata ?? {};
  return { ...old, metadata: { ...old.metadata, labels, annotations }, spec };
}
