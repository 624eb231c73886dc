// Managers of a workload's replicas, as `/scale` sees them, and back: the number has one owner under two paths
// (KEP-555, "Scale subresource").
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { difference, hasPath, isEmptySet, setOf } from './field_set.ts';
import { type Managers, managerId, readManagers, writeManagers } from './managers.ts';
import { OwnedFields } from './owned_fields.ts';
import { fieldElement } from './path_element.ts';

const scaleVersion = 'autoscaling/v1';
/** Where the number is, in the Scale and in every workload that upstream serves one of. */
const replicasPath = ['spec', 'replicas'].map(fieldElement);
const replicas = setOf([replicasPath]);

type Entries = readonly ManagedFieldsEntry[] | undefined;

/** managedFields of the Scale: whoever owns the replicas of the workload, which is served as `apiVersion`. */
export function managersOfScale(workload: Entries, apiVersion: string): ManagedFieldsEntry[] | undefined {
  const managers: Managers = new Map();
  for (const managed of readManagers(workload).values()) {
    if (managed.apiVersion !== apiVersion || !hasPath(managed.owned.set, replicasPath)) continue;
    const inScale = { ...managed, apiVersion: scaleVersion, owned: OwnedFields.ofSet(replicas) };
    managers.set(managerId(inScale), inScale);
  }
  return writeManagers(managers);
}

/**
 * managedFields of the workload after its Scale has changed. As upstream does, who comes to own the replicas
 * through the Scale has no time there.
 */
export function managersOfWorkload(
  workload: Entries,
  scale: Entries,
  apiVersion: string,
): ManagedFieldsEntry[] | undefined {
  const inScale = readManagers(scale);
  const managers: Managers = new Map();
  for (const [id, managed] of readManagers(workload)) {
    if (managed.apiVersion !== apiVersion) continue;
    const { set } = managed.owned;
    if (!hasPath(set, replicasPath)) managers.set(id, managed);
    // An updater has another id in the Scale, by its version, so that it is moved below.
    else if (inScale.delete(id)) managers.set(id, managed);
    else {
      const rest = difference(set, replicas);
      if (!isEmptySet(rest)) managers.set(id, { ...managed, owned: OwnedFields.ofSet(rest) });
    }
  }
  const entries = [...managers.values()];
  for (const managed of inScale.values()) {
    if (!hasPath(managed.owned.set, replicasPath)) continue;
    entries.push({ ...managed, apiVersion, owned: OwnedFields.ofSet(replicas), time: undefined });
  }
  // Two entries of one manager are possible, so they are not kept by id.
  return writeManagers(new Map(entries.map((managed, i) => [String(i), managed])));
}
