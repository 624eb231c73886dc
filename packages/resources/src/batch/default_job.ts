import type { Job, JobSpec } from '@kubets/api';
import { defaultPodTemplateSpec } from '../core/pod/default_pod.ts';

const maxInt32 = 2_147_483_647;

export function defaultJob(job: Job): void {
  defaultJobSpec(job.spec, { inTemplate: false });
  defaultJobLabels(job);
}

/** A job without labels has those of its pods. */
export function defaultJobLabels({ spec, metadata }: Job): void {
  const labels = spec.template?.metadata?.labels;
  if (labels && !Object.keys(metadata.labels ?? {}).length) metadata.labels = { ...labels };
}

/** In the template of a CronJob only what stands inside is filled in. */
export function defaultJobSpec(spec: JobSpec, { inTemplate }: { inTemplate: boolean }): void {
  if (spec.template) defaultPodTemplateSpec(spec.template);
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? [])
    for (const condition of onPodConditions ?? []) condition.status ||= 'True';
  if (spec.podFailurePolicy && spec.podFailurePolicy.rules === undefined)
    spec.podFailurePolicy.rules = null as never;
  if (inTemplate) return;
  // Neither said: one pod, once. Only parallelism said: a queue that its pods empty.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxInt32;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}
