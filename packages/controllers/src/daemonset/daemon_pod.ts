// The pod of a DaemonSet for one node, and which nodes it belongs on.
import type { DaemonSet, New, Node, NodeAffinity, Pod, PodSpec, Toleration } from '@kubets/api';
import { refs } from '@kubets/client';
import { matchesNodeAffinity } from '../runtime/node_affinity.ts';
import { podFromTemplate } from '../runtime/pod_from_template.ts';
import { tolerates } from '../runtime/taints.ts';

export const hashLabel = 'controller-revision-hash';
const generationLabel = 'pod-template-generation';
const generationAnnotation = 'deprecated.daemonset.template.generation';

/** Whether a pod should be made on the node, and whether one that is there may stay. */
export interface Fit {
  run: boolean;
  stay: boolean;
}

export function fitOf(set: DaemonSet, node: Node): Fit {
  const spec = set.spec.template.spec!;
  if ((spec.nodeName && spec.nodeName !== node.metadata.name) || !matchesNodeAffinity(spec, node)) {
    return { run: false, stay: false };
  }
  const tolerations = daemonTolerations(spec);
  const refuses = (effects: readonly string[]) =>
    (node.spec?.taints ?? []).some(
      (taint) =>
        effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
    );
  if (!refuses(['NoExecute', 'NoSchedule'])) return { run: true, stay: true };
  return { run: false, stay: !refuses(['NoExecute']) };
}

/** The pod is bound by the scheduler, which affinity to the one node leaves no choice. */
export function daemonPod(set: DaemonSet, nodeName: string, hash: string): New<Pod> {
  const pod = podFromTemplate(set.spec.template, set, refs.daemonSets);
  const generation = set.metadata.annotations?.[generationAnnotation];
  pod.metadata.labels[hashLabel] = hash;
  if (generation !== undefined) pod.metadata.labels[generationLabel] = generation;
  const nodeAffinity: NodeAffinity = {
    ...pod.spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
    },
  };
  return {
    metadata: pod.metadata,
    spec: {
      ...pod.spec,
      affinity: { ...pod.spec.affinity, nodeAffinity },
      tolerations: daemonTolerations(pod.spec),
    },
  };
}

export function isUpdated(pod: Pod, set: DaemonSet, hash: string): boolean {
  if (pod.metadata.labels?.[hashLabel] === hash) return true;
  const generation = set.metadata.annotations?.[generationAnnotation];
  return generation !== undefined && pod.metadata.labels?.[generationLabel] === generation;
}

/** The node that a pod is on or made for. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    const field = matchFields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (field) return field.values?.length === 1 ? field.values[0] : undefined;
  }
  return undefined;
}

/** Daemons serve the node itself: its troubles must not drive them away. */
function daemonTolerations(spec: PodSpec): Toleration[] {
  const added = [
    ['not-ready', 'NoExecute'],
    ['unreachable', 'NoExecute'],
    ['disk-pressure', 'NoSchedule'],
    ['memory-pressure', 'NoSchedule'],
    ['pid-pressure', 'NoSchedule'],
    ['unschedulable', 'NoSchedule'],
    ...(spec.hostNetwork ? [['network-unavailable', 'NoSchedule']] : []),
  ].map(([key, effect]): Toleration => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }));
  const own = (spec.tolerations ?? []).filter(
    (toleration) => !added.some((other) => sameKey(other, toleration)),
  );
  return [...own, ...added];
}

function sameKey(a: Toleration, b: Toleration): boolean {
  return a.key === b.key && a.effect === b.effect && a.operator === b.operator && !b.value;
}
