// What the server itself sets on a pod.
import type { LabelSelector, Pod, PodAffinityTerm, PodSpec } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import type { StrategyContext } from '../../resource.ts';
import { sameValue } from '../../rules/equality.ts';
import { keepServiceAccountAlias } from './default_pod.ts';
import { podQosClass } from './qos.ts';
import { takeAppArmorAnnotations } from './security_annotations.ts';

export function preparePodCreate(pod: Pod, { clock, warn }: StrategyContext): void {
  pod.metadata.generation = 1;
  pod.status = { phase: 'Pending', qosClass: podQosClass(pod.spec) };
  keepServiceAccountAlias(pod.spec);
  dropGatedFields(pod.spec);
  if (pod.spec.schedulingGates?.length)
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        // Go writes a time that isn't set as null.
        lastProbeTime: null as never,
        lastTransitionTime: rfc3339(clock.now()),
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
  mergeLabelKeys(pod);
  takeAppArmorAnnotations(pod, (text) => warn?.(text));
}

/** Any change of the spec, also through a subresource, counts. */
export function raisePodGeneration(next: Pod, old: Pod): void {
  if (!sameValue(next.spec, old.spec, 'core.v1.PodSpec'))
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** Fields of features that v1.36 has off are not kept (API convention for alpha fields). */
export function dropGatedFields(spec: PodSpec): void {
  delete spec.schedulingGroup;
  for (const container of [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...(spec.ephemeralContainers ?? []),
  ]) {
    if (container.lifecycle?.stopSignal === undefined) continue;
    delete container.lifecycle.stopSignal;
    if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
  }
  for (const { projected } of spec.volumes ?? [])
    for (const source of projected?.sources ?? []) {
      delete source.clusterTrustBundle;
      delete source.podCertificate;
    }
}

/** matchLabelKeys of affinity and spreading: the pod's own values go into the selectors (KEP-3633, KEP-3243). */
function mergeLabelKeys({ metadata, spec }: Pod): void {
  const labels = metadata.labels ?? {};
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const terms: PodAffinityTerm[] = [
      ...preferred.map(({ podAffinityTerm }) => podAffinityTerm),
      ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ];
    for (const term of terms) {
      addRequirements(term.labelSelector, term.matchLabelKeys, 'In', labels);
      addRequirements(term.labelSelector, term.mismatchLabelKeys, 'NotIn', labels);
    }
  }
  for (const constraint of spec.topologySpreadConstraints ?? [])
    addRequirements(constraint.labelSelector, constraint.matchLabelKeys, 'In', labels);
}

function addRequirements(
  selector: LabelSelector | undefined,
  keys: string[] = [],
  operator: 'In' | 'NotIn',
  labels: Record<string, string>,
): void {
  if (!selector) return;
  for (const key of keys)
    if (labels[key] !== undefined)
      (selector.matchExpressions ??= []).push({ key, operator, values: [labels[key]!] });
}
