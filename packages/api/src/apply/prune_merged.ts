// What a manager applied before and leaves out now goes, if nobody else owns it.
import { inVersion, type VersionedValue, type Versions } from './apply_versions.ts';
import { difference, emptySet, type FieldSet, intersection, union } from './field_set.ts';
import type { Managed, Managers } from './managers.ts';
import { removeItems, withNamedFields } from './remove_items.ts';
import { valueToSet } from './value_to_set.ts';

export interface PruneRequest {
  /** The object with the configuration merged in. */
  merged: VersionedValue;
  /** What the manager owned before; undefined for its first apply. */
  last: Managed | undefined;
  /** All managers, with what the configuration names as the applier's. */
  managers: Managers;
  versions: Versions;
}

export function pruneMerged({ merged, last, managers, versions }: PruneRequest): VersionedValue {
  if (!last || last.owned.isEmpty) return merged;
  const inLast = inVersion(merged, last.apiVersion, versions);
  // Applied in a version that is gone: nothing can be said of what was applied.
  if (!inLast) return merged;
  let pruned = removeFrom(inLast, withNamedFields(inLast.type, last.owned.set));
  pruned = addBackOwned(inLast, pruned, managers, versions);
  pruned = addBackDangling(inLast, inVersion(pruned, inLast.apiVersion, versions) ?? inLast, last.owned.set);
  return inVersion(pruned, merged.apiVersion, versions) ?? merged;
}

// Somebody else, or the new configuration, owns it. The version of the last apply comes first, because
// conversion may need what others own there.
function addBackOwned(
  merged: VersionedValue,
  pruned: VersionedValue,
  managers: Managers,
  versions: Versions,
): VersionedValue {
  const byVersion = new Map<string, FieldSet>([[merged.apiVersion, emptySet]]);
  for (const { apiVersion, owned } of managers.values()) {
    byVersion.set(apiVersion, union(byVersion.get(apiVersion) ?? emptySet, owned.set));
  }
  let result = pruned;
  for (const [apiVersion, kept] of byVersion) {
    const all = inVersion(merged, apiVersion, versions);
    const some = inVersion(result, apiVersion, versions);
    if (!all || !some) continue;
    const there = withNamedFields(all.type, valueToSet(all.type, all.value));
    const left = withNamedFields(all.type, valueToSet(all.type, some.value));
    const gone = difference(there, union(left, withNamedFields(all.type, kept)));
    result = removeFrom(all, gone);
  }
  return result;
}

// Only what the manager had applied may go: what stood below something of that and is nobody's stays.
function addBackDangling(merged: VersionedValue, pruned: VersionedValue, last: FieldSet): VersionedValue {
  const { type } = merged;
  const left = withNamedFields(type, valueToSet(type, pruned.value));
  const there = withNamedFields(type, valueToSet(type, merged.value));
  return removeFrom(merged, intersection(difference(there, left), withNamedFields(type, last)));
}

function removeFrom(object: VersionedValue, fields: FieldSet): VersionedValue {
  return { ...object, value: removeItems(object.type, object.value, fields) as Record<string, unknown> };
}
