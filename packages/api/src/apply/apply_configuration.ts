// Server-side apply: what the applier says is laid over what is there; what it no longer says goes, unless
// somebody else owns it; what others own and it would change is a conflict (KEP-555, structured-merge-diff).
import { applyConflict } from '../errors/make_error.ts';
import type { ManagedFieldsEntry, StatusCause } from '../generated/types.ts';
import { goQuote } from '../go_quote.ts';
import { compareValues, deepEqual } from './compare_values.ts';
import { emptyObject } from './empty_object.ts';
import { FieldSet } from './field_set.ts';
import { lastAppliedFields, lastAppliedKey } from './last_applied.ts';
import { formatPath } from './list_items.ts';
import {
  dropEmpty,
  type Manager,
  type Managers,
  managerKey,
  readManagers,
  writeManagers,
} from './managers.ts';
import { mergeValues } from './merge_values.ts';
import { neverOwned, withManagedFields, withoutManagedFields } from './owned_metadata.ts';
import { removeFields } from './remove_fields.ts';
import { type Shape, shapeOfType } from './shape.ts';
import { fieldsOfValue } from './value_fields.ts';

export interface ApplyOptions {
  /** Undefined when the object does not exist yet. */
  live: object | undefined;
  applied: object;
  manager: string;
  force: boolean;
  /** Type table, e.g. `apps.v1.Deployment`; a name without a table is applied to by structure alone. */
  type: string;
  subresource: string;
  apiVersion: string;
  /** RFC 3339, now. */
  time: string;
}

/** The object as it should become, managedFields included. @throws ApiError 409 naming each conflict. */
export function applyConfiguration(options: ApplyOptions): object {
  const shape = shapeOfType(options.type);
  const live = withoutManagedFields(options.live ?? {});
  const applied = withoutManagedFields(options.applied);
  const managers = startingManagers(options, live, shape);
  const owner: Manager = {
    name: options.manager,
    operation: 'Apply',
    apiVersion: options.apiVersion,
    subresource: options.subresource,
    time: options.time,
    set: fieldsOfValue(applied, shape).difference(neverOwned),
  };
  const key = managerKey(owner);
  const last = managers.get(key);
  managers.set(key, owner);
  const merged = mergeValues(live, applied, shape) as object;
  const next = last ? (prune(merged, managers, last.set, shape) as object) : merged;
  takeOver(options, managers, key, live, next, shape);
  dropEmpty(managers);
  // An apply that changes nothing leaves even its time alone, or every apply would be a write.
  if (options.live && last && deepEqual(withoutManagedFields(next), live) && sameSet(last.set, owner.set)) {
    owner.time = last.time;
  }
  return withManagedFields(withLastApplied(options, next), writeManagers(managers));
}

/** Managers of the live object. One that nobody is known to have written counts as written before the first apply. */
function startingManagers(options: ApplyOptions, live: object, shape: Shape): Managers {
  const entries = (options.live as { metadata?: { managedFields?: ManagedFieldsEntry[] } } | undefined)
    ?.metadata?.managedFields;
  const managers: Managers = readManagers(entries) ?? new Map();
  if (managers.size > 0 || !options.live) return managers;
  const before: Manager = {
    name: 'before-first-apply',
    operation: 'Update',
    apiVersion: options.apiVersion,
    subresource: '',
    time: options.time,
    set: compareValues(emptyObject(options.type), live, shape).added.difference(neverOwned),
  };
  if (!before.set.isEmpty) managers.set(managerKey(before), before);
  return managers;
}

/** Takes away what the applier owned and does not say any more, but for what others own, and what stands on it. */
function prune(merged: object, managers: Managers, last: FieldSet, shape: Shape): unknown {
  const lastNamed = last.withNamedParents();
  const pruned = removeFields(merged, lastNamed, shape) ?? {};
  const all = fieldsOfValue(merged, shape).withNamedParents();
  let owned = new FieldSet();
  for (const manager of managers.values()) owned = owned.union(manager.set);
  const ownedNamed = owned.withNamedParents();
  const lost = all.difference(fieldsOfValue(pruned, shape).withNamedParents());
  const withOwned = removeFields(merged, lost.difference(ownedNamed), shape) ?? {};
  const stillLost = all.difference(fieldsOfValue(withOwned, shape).withNamedParents());
  return removeFields(merged, stillLost.intersection(lastNamed), shape) ?? {};
}

/** Takes what the apply changes from its former owners, or refuses. */
function takeOver(
  options: ApplyOptions,
  managers: Managers,
  own: string,
  live: object,
  next: object,
  shape: Shape,
): void {
  const { added, modified, removed } = compareValues(live, next, shape);
  const changed = added.union(modified).difference(neverOwned);
  const conflicts = new Map<Manager, FieldSet>();
  for (const [key, manager] of managers) {
    if (key === own) continue;
    const taken = manager.set.intersection(changed);
    if (!taken.isEmpty) conflicts.set(manager, taken);
  }
  if (conflicts.size > 0 && !options.force && !isMigration(options, conflicts, live, shape))
    throw conflictError(conflicts);
  for (const [key, manager] of managers) {
    if (key === own) continue;
    const taken = conflicts.get(manager);
    if (taken) manager.set = manager.set.difference(taken);
    manager.set = manager.set.difference(removed);
  }
}

/** `kubectl apply --server-side` may take over what `kubectl apply` wrote before. */
function isMigration(
  options: ApplyOptions,
  conflicts: Map<Manager, FieldSet>,
  live: object,
  shape: Shape,
): boolean {
  if (options.manager !== 'kubectl') return false;
  const allowed = lastAppliedFields(live, shape);
  return allowed !== undefined && [...conflicts.values()].every((set) => set.difference(allowed).isEmpty);
}

/** Keeps the note of client-side apply current while both ways are in use. */
function withLastApplied(options: ApplyOptions, next: object): object {
  const object = next as { metadata?: { annotations?: Record<string, string> } };
  const annotations = object.metadata?.annotations;
  if (options.manager !== 'kubectl' || annotations?.[lastAppliedKey] === undefined) return next;
  const text = `${JSON.stringify(withoutManagedFields(options.applied))}\n`;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [lastAppliedKey]: text } },
  };
}

function conflictError(conflicts: Map<Manager, FieldSet>) {
  const all = [...conflicts].flatMap(([manager, set]) =>
    [...set.paths()].map((path) => ({ manager: describe(manager), path: formatPath(path) })),
  );
  const causes: StatusCause[] = all.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }));
  if (all.length === 1) {
    return applyConflict(
      causes,
      `Apply failed with 1 conflict: conflict with ${all[0]!.manager}: ${all[0]!.path}`,
    );
  }
  const groups = [...new Set(all.map(({ manager }) => manager))].sort().map(
    (name) =>
      `conflicts with ${name}:\n${all
        .filter(({ manager }) => manager === name)
        .map(({ path }) => `- ${path}`)
        .join('\n')}`,
  );
  return applyConflict(causes, `Apply failed with ${all.length} conflicts: ${groups.join('\n')}`);
}

function describe(manager: Manager): string {
  const name = goQuote(manager.name);
  const of = manager.subresource ? `${name} with subresource ${goQuote(manager.subresource)}` : name;
  return manager.operation === 'Update' ? `${of} using ${manager.apiVersion}` : of;
}

function sameSet(a: FieldSet, b: FieldSet): boolean {
  return a.difference(b).isEmpty && b.difference(a).isEmpty;
}
