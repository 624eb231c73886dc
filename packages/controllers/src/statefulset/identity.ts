// What a pod of a StatefulSet keeps for ever: its name, its place in DNS and its volumes.
import type { New, PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet, Volume } from '@kubets/api';
import { refs } from '@kubets/client';
import { podFromTemplate } from '../runtime/pod_from_template.ts';

export const revisionLabel = 'controller-revision-hash';
const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** Undefined when the name is not one of a pod of this set. */
export function ordinalOf(pod: Pod, set: StatefulSet): number | undefined {
  const match = /^(.*)-(\d{1,9})$/.exec(pod.metadata.name);
  return match && match[1] === set.metadata.name ? Number(match[2]) : undefined;
}

export function firstOrdinal(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

export function isInRange(ordinal: number, set: StatefulSet): boolean {
  const first = firstOrdinal(set);
  return ordinal >= first && ordinal < first + (set.spec.replicas ?? 1);
}

export function podOf(
  set: StatefulSet,
  template: PodTemplateSpec,
  ordinal: number,
  revision: string,
): New<Pod> {
  const pod = podFromTemplate(template, set, refs.statefulSets);
  const name = `${set.metadata.name}-${ordinal}`;
  const { generateName: _, ...metadata } = pod.metadata;
  return {
    metadata: {
      ...metadata,
      name,
      labels: { ...metadata.labels, ...identityLabels(name, ordinal), [revisionLabel]: revision },
    },
    spec: {
      ...pod.spec,
      hostname: name,
      subdomain: set.spec.serviceName,
      volumes: volumesOf(set, pod.spec.volumes, ordinal),
    },
  };
}

/** What has to change on a pod to be itself again; undefined when nothing. */
export function repairedIdentity(pod: Pod, set: StatefulSet, ordinal: number): Pod | undefined {
  const { name, labels } = pod.metadata;
  const wanted = identityLabels(name, ordinal);
  if (labels?.[podNameLabel] === wanted[podNameLabel] && hasVolumes(pod, set, ordinal)) return undefined;
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...labels, ...wanted } },
    spec: { ...pod.spec, volumes: volumesOf(set, pod.spec.volumes, ordinal) },
  };
}

export function claimName(template: PersistentVolumeClaim, set: StatefulSet, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

export function claimsOf(set: StatefulSet, ordinal: number): New<PersistentVolumeClaim>[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const { labels, annotations } = template.metadata;
    return {
      metadata: {
        name: claimName(template, set, ordinal),
        namespace: set.metadata.namespace,
        labels: { ...labels, ...set.spec.selector.matchLabels },
        ...(annotations && { annotations }),
      },
      spec: template.spec,
    };
  });
}

function identityLabels(name: string, ordinal: number): Record<string, string> {
  return { [podNameLabel]: name, [podIndexLabel]: String(ordinal) };
}

function volumesOf(
  set: StatefulSet,
  others: readonly Volume[] | undefined,
  ordinal: number,
): Volume[] | undefined {
  const templates = set.spec.volumeClaimTemplates ?? [];
  const claimed = templates.map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claimName(template, set, ordinal) },
  }));
  const names = new Set(claimed.map(({ name }) => name));
  const volumes = [...claimed, ...(others ?? []).filter(({ name }) => !names.has(name))];
  return volumes.length > 0 ? volumes : undefined;
}

function hasVolumes(pod: Pod, set: StatefulSet, ordinal: number): boolean {
  return (set.spec.volumeClaimTemplates ?? []).every((template) => {
    const volume = pod.spec.volumes?.find(({ name }) => name === template.metadata.name);
    return volume?.persistentVolumeClaim?.claimName === claimName(template, set, ordinal);
  });
}
