// Who owns what after a create, an update or a patch that isn't an apply (KEP-555, "Update").
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { emptyObject } from '../schema/read_plan.ts';
import type { ApplyType } from './apply_type.ts';
import { resolveType, sameInAllVersions, type VersionedValue, type Versions } from './apply_versions.ts';
import { capManagers } from './cap_managers.ts';
import { difference, type FieldSet, isEmptySet, recursiveDifference, union } from './field_set.ts';
import { type ManagerInfo, type Managers, managerId, readManagers, writeManagers } from './managers.ts';
import { fieldPaths, neverOwned } from './never_owned.ts';
import { reconcileManagers, updateManagers } from './update_managers.ts';
import { joinProblems, validateValue } from './validate_value.ts';
import { ItemProblem } from './value_form.ts';

/** What tracking and applying need to know of a request. */
export interface ManagerContext {
  /** `fieldManager` of the request, or what is before the slash of its user agent. */
  manager: string;
  /** The version of the request, in which the objects are given. */
  apiVersion: string;
  /** `status`, `scale`; empty for the object itself. */
  subresource?: string;
  /** Short name of a built-in type (`apps.v1.Deployment`), or a custom resource's type (applyTypeOfSchema). */
  type: string | ApplyType;
  /** RFC 3339, whole seconds: when the request was made. */
  time: string;
  /** Fields that the strategy resets, by names from the root: `[['status']]` for a resource with a status. */
  resetFields?: readonly (readonly string[])[];
  /** For kinds whose versions differ. */
  versions?: Versions;
}

export interface TrackRequest<T> extends ManagerContext {
  /** Undefined for a create. */
  old: object | undefined;
  next: T;
  operation?: 'Update';
}

/**
 * `next` with its managedFields brought up to date: the manager owns what it changed. An update of an object
 * that nobody tracks stays untracked, and so does one that empties managedFields (`[]` or `[{}]`). Never throws:
 * where tracking is impossible, managedFields is empty, as upstream does. Arguments are not changed.
 */
export function trackManagedFields<T extends object>(request: TrackRequest<T>): T {
  const { next, old } = request;
  const plain = withoutManagedFields(next as Fields);
  try {
    const managers = managersOf(old as Fields | undefined, next as Fields, Boolean(request.subresource));
    if (!managers.size && uidOf(old as Fields | undefined)) return plain as T;
    trackUpdate(managers, old as Fields | undefined, plain, request, request.manager);
    return withManagedFields(plain, managers) as T;
  } catch (error) {
    if (error instanceof UntrackableError || error instanceof ItemProblem) return plain as T;
    throw error;
  }
}

type Fields = Record<string, any>;

/** An object that can't be tracked: it doesn't fit its type, or its managedFields make no sense. */
export class UntrackableError extends Error {}

/** Gives `manager` what differs between two objects. Changes `managers` in place. */
export function trackUpdate(
  managers: Managers,
  old: Fields | undefined,
  next: Fields,
  context: ManagerContext,
  manager: string,
): void {
  const { apiVersion, subresource = '', time } = context;
  const type = resolveType(context.type);
  const versions = context.versions ?? sameInAllVersions(type);
  const before = versioned(old ? withoutManagedFields(old) : emptyOf(context), type, apiVersion);
  const after = versioned(next, type, apiVersion);
  const ignored = fieldPaths(context.resetFields ?? []);
  reconcileManagers(managers, before, versions);
  const structs = typeof context.type === 'string' ? 'both' : 'none';
  const { comparison } = updateManagers({
    before,
    after,
    versions,
    managers,
    by: '',
    force: true,
    ignored,
    structs,
  });
  const changed = owned(union(comparison.modified, comparison.added), ignored);
  if (!isEmptySet(changed)) {
    const info: ManagerInfo = { manager: manager || 'unknown', operation: 'Update', apiVersion, subresource };
    const id = managerId(info);
    const previous = managers.get(id);
    managers.set(id, { ...info, set: previous ? union(changed, previous.set) : changed, time });
  }
  capManagers(managers);
}

/** What of a set of fields a manager can own. */
export function owned(set: FieldSet, ignored: FieldSet): FieldSet {
  return difference(isEmptySet(ignored) ? set : recursiveDifference(set, ignored), neverOwned);
}

/** The object as nobody has touched it: what Go's zero value of its type is in JSON. */
export function emptyOf(context: ManagerContext): Fields {
  if (typeof context.type !== 'string') return { apiVersion: context.apiVersion };
  return { apiVersion: context.apiVersion, ...emptyObject(context.type) };
}

/** Checks that the object fits its type; items that are the same are allowed. Throws UntrackableError. */
export function versioned(value: Fields, type: ApplyType, apiVersion: string): VersionedValue {
  const problems = validateValue(type, value, { allowDuplicates: true });
  if (problems.length) throw new UntrackableError(joinProblems(problems));
  return { value, type, apiVersion };
}

export function withoutManagedFields(object: Fields): Fields {
  if (object['metadata']?.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object['metadata'];
  return { ...object, metadata };
}

export function withManagedFields(object: Fields, managers: Managers): Fields {
  const managedFields = writeManagers(managers);
  return managedFields ? { ...object, metadata: { ...object['metadata'], managedFields } } : object;
}

export function uidOf(object: Fields | undefined): string {
  return object?.['metadata']?.uid ?? '';
}

// A request may set managedFields, except through a subresource; one that leaves them out doesn't delete them.
function managersOf(old: Fields | undefined, next: Fields, isSubresource: boolean): Managers {
  const live: ManagedFieldsEntry[] | undefined = old?.['metadata']?.managedFields;
  const given: ManagedFieldsEntry[] | undefined = isSubresource ? undefined : next['metadata']?.managedFields;
  if (given && isReset(given)) return new Map();
  const managers = given && readOrNone(given);
  return managers?.size ? managers : (readOrNone(live) ?? new Map());
}

function readOrNone(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  try {
    return readManagers(entries);
  } catch {
    return undefined;
  }
}

function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0]!).length === 0);
}
