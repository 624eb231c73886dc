// What a change of an object means for those who own its fields.

import { inVersion, type VersionedValue, type Versions } from './apply_versions.ts';
import { type CompareOptions, type Comparison, compareValues, excludeFields } from './compare_values.ts';
import { type ApplyConflict, conflictsOf } from './conflict.ts';
import { type FieldSet, intersection, union } from './field_set.ts';
import type { Managers } from './managers.ts';
import { reconcileSet } from './reconcile_set.ts';

export interface ChangeRequest {
  before: VersionedValue;
  after: VersionedValue;
  versions: Versions;
  managers: Managers;
  /** Id of who makes the change: what it owns is never in its own way. */
  by: string;
  /** Takes what others own; otherwise that is a conflict. */
  force: boolean;
  ignored: FieldSet;
  structs: CompareOptions['structs'];
}

/**
 * Takes from all managers but `by` what the change sets or removes. Returns the conflicts instead, where there
 * are any and `force` isn't set. Changes `managers` in place.
 */
export function updateManagers(request: ChangeRequest): {
  comparison: Comparison;
  conflicts: ApplyConflict[];
} {
  const { before, managers, by, force } = request;
  const comparison = compareIn(request, before.apiVersion)!;
  const comparisons = new Map<string, Comparison | undefined>([[before.apiVersion, comparison]]);
  const taken = new Map<string, FieldSet>();
  const conflicts: ApplyConflict[] = [];
  for (const [id, managed] of managers) {
    if (id === by) continue;
    const { apiVersion, owned } = managed;
    if (!comparisons.has(apiVersion)) comparisons.set(apiVersion, compareIn(request, apiVersion));
    const seen = comparisons.get(apiVersion);
    if (!seen) {
      managers.delete(id);
      continue;
    }
    const set = union(seen.modified, seen.added);
    if (!force && owned.touches(set)) conflicts.push(...conflictsOf(managed, intersection(owned.set, set)));
    taken.set(id, union(set, seen.removed));
  }
  if (conflicts.length) return { comparison, conflicts };
  for (const [id, fields] of taken) {
    const managed = managers.get(id)!;
    const owned = managed.owned.minus(fields);
    if (owned.isEmpty) managers.delete(id);
    else if (owned !== managed.owned) managers.set(id, { ...managed, owned });
  }
  return { comparison, conflicts: [] };
}

/** Brings all sets into the terms of today's schema. Changes `managers` in place. */
export function reconcileManagers(managers: Managers, live: VersionedValue, versions: Versions): void {
  for (const [id, managed] of managers) {
    const type = managed.apiVersion === live.apiVersion ? live.type : versions.typeOf(managed.apiVersion);
    if (!type) managers.delete(id);
    else {
      const owned = managed.owned.map((set) => reconcileSet(type, set));
      if (owned !== managed.owned) managers.set(id, { ...managed, owned });
    }
  }
}

function compareIn(request: ChangeRequest, apiVersion: string): Comparison | undefined {
  const { versions, ignored, structs } = request;
  const before = inVersion(request.before, apiVersion, versions);
  const after = inVersion(request.after, apiVersion, versions);
  if (!before || !after) return undefined;
  return excludeFields(compareValues(before.type, before.value, after.value, { structs }), ignored);
}
