// What an update of a job may change.
import {
  type FieldError,
  invalidValue,
  type Job,
  type JobSpec,
  type PodSpec,
  type PodTemplateSpec,
} from '@kubets/api';
import { sameField, sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText } from '../rules/labels.ts';
import { nameIsSubdomain } from '../rules/names.ts';
import {
  validateKubeFinalizers,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../rules/object_meta.ts';
import { hasCondition } from './job_status.ts';
import { validateJob, validateSelectingSpec } from './validate_job.ts';

/** As of a new job, then what did not change: upstream looks at the metadata and the spec in both, and reports both. */
export function validateJobUpdate(next: Job, old: Job): FieldError[] {
  const finalizers = validateKubeFinalizers(next.metadata.finalizers);
  return [
    ...validateObjectMeta(next.metadata, { namespaced: true, name: nameIsSubdomain }),
    ...finalizers,
    ...validateJob(next, old),
    ...validateObjectMetaUpdate(next.metadata, old.metadata),
    ...finalizers,
    ...validateSelectingSpec(next.spec),
    ...validateCompletions(next, old),
    ...validateFixed(next, old, 'selector', 'meta.v1.LabelSelector'),
    ...validateTemplateUpdate(next, old),
    ...validateFixed(next, old, 'completionMode'),
    ...validateFixed(next, old, 'podFailurePolicy', 'batch.v1.PodFailurePolicy'),
    ...validateFixed(next, old, 'backoffLimitPerIndex'),
    ...validateFixed(next, old, 'managedBy'),
    ...validateFixed(next, old, 'successPolicy', 'batch.v1.SuccessPolicy'),
  ];
}

function validateFixed(next: Job, old: Job, field: keyof JobSpec, type?: string): FieldError[] {
  if (sameField(next.spec, old.spec, field, 'batch.v1.JobSpec')) return [];
  const value = next.spec[field] ?? null;
  const shown = type && value !== null ? goStruct(value as object, type) : value;
  return [invalidValue(`spec.${field}`, shown, immutableText)];
}

/** Indexed jobs grow and shrink by both numbers at once (KEP-3715). */
function validateCompletions(next: Job, old: Job): FieldError[] {
  const { completions, completionMode, parallelism } = next.spec;
  if (completionMode !== 'Indexed') return validateFixed(next, old, 'completions');
  if (completions === undefined || completions === old.spec.completions || completions === parallelism)
    return [];
  return [
    invalidValue('spec.completions', completions, 'can only be modified in tandem with spec.parallelism'),
  ];
}

/** A suspended job without running pods may be steered to other nodes (KEP-2926) and given other resources. */
function validateTemplateUpdate(next: Job, old: Job): FieldError[] {
  const idle = old.status?.startTime === undefined || hasCondition(old, 'Suspended');
  const changeable = old.spec.suspend === true && idle && !old.status?.active;
  const template = next.spec.template ?? {};
  const before = changeable ? withChangeableOf(old.spec.template ?? {}, template) : (old.spec.template ?? {});
  const same = changeable
    ? sameValue(template.spec, before.spec, 'core.v1.PodSpec')
    : sameValue(template, before, 'core.v1.PodTemplateSpec');
  if (same) return [];
  return [
    changeable
      ? invalidValue('spec.template.spec', goStruct(template.spec, 'core.v1.PodSpec'), immutableText)
      : invalidValue('spec.template', goStruct(template, 'core.v1.PodTemplateSpec'), immutableText),
  ];
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
