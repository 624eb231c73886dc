// Pods that take more of the disk than they may (KEP-361). Pure.
import { type Pod, parseQuantity } from '@kubets/api';
import { podTotals } from '../container/resources.ts';

export interface StorageUse {
  /** Bytes of each emptyDir volume on disk or in memory, by volume. */
  emptyDirs: ReadonlyMap<string, number>;
  /** Bytes of each container's writable layer and logs, by container. */
  containers: ReadonlyMap<string, number>;
}

/** Why the pod must go; undefined when it keeps within its limits. */
export function storageExcess(pod: Pod, use: StorageUse): string | undefined {
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit;
    if (limit === undefined || parseQuantity(limit).isZero()) continue;
    if ((use.emptyDirs.get(name) ?? 0) > parseQuantity(limit).value())
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
  }
  for (const { name, resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const limit = resources?.limits?.['ephemeral-storage'];
    if (limit !== undefined && (use.containers.get(name) ?? 0) > parseQuantity(limit).value())
      return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
  }
  const total = podTotals(pod.spec, 'limits', 'ephemeral-storage');
  if (total === undefined) return undefined;
  const used = [...use.containers.values(), ...diskVolumes(pod, use)].reduce((sum, bytes) => sum + bytes, 0);
  return used > total
    ? `Pod ephemeral local storage usage exceeds the total limit of containers ${total}. `
    : undefined;
}

/** Whether there is anything to measure at all. */
export function limitsStorage(pod: Pod): boolean {
  return (
    (pod.spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ||
    [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some(
      ({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined,
    )
  );
}

function diskVolumes({ spec }: Pod, { emptyDirs }: StorageUse): number[] {
  return (spec.volumes ?? [])
    .filter(({ emptyDir }) => emptyDir && emptyDir.medium !== 'Memory')
    .map(({ name }) => emptyDirs.get(name) ?? 0);
}
