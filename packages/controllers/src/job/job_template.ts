import type { Container, Job, New, Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { podFromTemplate } from '../runtime/pod_from_template.ts';
import {
  completionIndex,
  failuresOf,
  indexFailureCount,
  indexIgnoredFailureCount,
  trackingFinalizer,
} from './job_pods.ts';
import { judgeFailure } from './pod_failure_policy.ts';

const maxGeneratedNameLength = 58;

/** A pod of the job; `replaces` is the failed pod of its index whose count of failures it carries on. */
export function jobPod(job: Job, index: number | undefined, replaces: Pod | undefined): New<Pod> {
  const pod = podFromTemplate(job.spec.template, job, refs.jobs);
  const finalizers = pod.metadata.finalizers ?? [];
  if (!finalizers.includes(trackingFinalizer)) pod.metadata.finalizers = [...finalizers, trackingFinalizer];
  if (index === undefined) return pod;
  const suffix = `-${index}-`;
  pod.metadata.generateName = job.metadata.name.slice(0, maxGeneratedNameLength - suffix.length) + suffix;
  pod.metadata.annotations[completionIndex] = String(index);
  pod.metadata.labels[completionIndex] = String(index);
  if (job.spec.backoffLimitPerIndex !== undefined)
    Object.assign(pod.metadata.annotations, failureCounts(job, replaces));
  pod.spec = {
    ...pod.spec,
    hostname: `${job.metadata.name}-${index}`,
    containers: pod.spec.containers.map(withIndexVariable),
    ...(pod.spec.initContainers && { initContainers: pod.spec.initContainers.map(withIndexVariable) }),
  };
  return pod;
}

function failureCounts(job: Job, replaces: Pod | undefined): Record<string, string> {
  if (!replaces) return { [indexFailureCount]: '0' };
  let { counted, ignored } = failuresOf(replaces);
  if (judgeFailure(job.spec.podFailurePolicy, replaces).counts) counted++;
  else ignored++;
  return {
    [indexFailureCount]: String(counted),
    ...(ignored > 0 && { [indexIgnoredFailureCount]: String(ignored) }),
  };
}

function withIndexVariable(container: Container): Container {
  const name = 'JOB_COMPLETION_INDEX';
  if (container.env?.some((variable) => variable.name === name)) return container;
  const fieldPath = `metadata.labels['${completionIndex}']`;
  return { ...container, env: [...(container.env ?? []), { name, valueFrom: { fieldRef: { fieldPath } } }] };
}
