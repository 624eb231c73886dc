// Who owns what after a create, an update or a patch that isn't an apply (KEP-555, "Update").
import { deepEqual } from '../deep_equal.ts';
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { typeSchema } from '../schema/find_type.ts';
import { emptyObject } from '../schema/read_plan.ts';
import type { ApplyType } from './apply_type.ts';
import { resolveType, sameInAllVersions, type Versions } from './apply_versions.ts';
import { capManagers } from './cap_managers.ts';
import { createdFields } from './created_fields.ts';
import { difference, emptySet, type FieldSet, isEmptySet, recursiveDifference, union } from './field_set.ts';
import { fieldsOfText } from './fields_text.ts';
import { FieldsProblem } from './fields_v1.ts';
import { type ManagerInfo, type Managers, managerId, readManagers, writeManagers } from './managers.ts';
import { fieldPaths, neverOwned } from './never_owned.ts';
import { OwnedFields } from './owned_fields.ts';
import { reconcileManagers, updateManagers } from './update_managers.ts';
import { ItemProblem } from './value_form.ts';

/** What tracking and applying need to know of a request. */
export interface ManagerContext {
  /** `fieldManager` of the request, or what is before the slash of its user agent. */
  manager: string;
  /** The version of the request, in which the objects are given. */
  apiVersion: string;
  /** `status`, `scale`; empty for the object itself. */
  subresource?: string;
  /**
   * Short name of a built-in type (`apps.v1.Deployment`), or a custom resource's type (applyTypeOfSchema). Under a
   * name without a table, metadata is typed and for the rest maps are merged and lists are owned as one.
   */
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
  if (old && isUntouched(old as Fields, next as Fields, plain)) return next;
  try {
    if (!old && !entriesOf(next as Fields)?.length) return trackCreated(request, plain) as T;
    const managers = managersOf(old as Fields | undefined, next as Fields, Boolean(request.subresource));
    if (!managers.size && old) return plain as T;
    trackUpdate(managers, old as Fields | undefined, plain, request, request.manager);
    return withManagedFields(plain, managers) as T;
  } catch (error) {
    if (error instanceof ItemProblem || error instanceof FieldsProblem) return plain as T;
    throw error;
  }
}

// As trackUpdate does it from nothing, but nearly all of the work is writing.
function trackCreated(request: ManagerContext, plain: Fields): Fields {
  const { manager, apiVersion, subresource, time } = request;
  const type = resolveType(request.type);
  const owned = createdFields({
    type,
    empty: emptyOf(request),
    object: plain,
    ignored: ignoredFields(request),
    structs: typeof request.type === 'string',
  });
  if (!owned) return plain;
  const entry = {
    manager: manager || 'unknown',
    operation: 'Update',
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsOfText(owned),
    ...(subresource && { subresource }),
  };
  return { ...plain, metadata: { ...plain['metadata'], managedFields: [entry] } };
}

type Fields = Record<string, any>;

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
  const before = { value: old ? withoutManagedFields(old) : emptyOf(context), type, apiVersion };
  const after = { value: next, type, apiVersion };
  const ignored = ignoredFields(context);
  // Built-in types change with a release only, and then the next apply brings the sets up to date.
  if (typeof context.type !== 'string') reconcileManagers(managers, before, versions);
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
  const changed = ownable(union(comparison.modified, comparison.added), ignored);
  if (!isEmptySet(changed)) {
    const info: ManagerInfo = { manager: manager || 'unknown', operation: 'Update', apiVersion, subresource };
    const id = managerId(info);
    const previous = managers.get(id);
    const owned = previous ? previous.owned.plus(changed) : OwnedFields.ofSet(changed);
    managers.set(id, { ...info, owned, time });
  }
  capManagers(managers);
}

const resetSets = new WeakMap<object, FieldSet>();

/** What the strategy resets; strategies say it with lists that stay. */
export function ignoredFields({ resetFields }: ManagerContext): FieldSet {
  if (!resetFields?.length) return emptySet;
  let set = resetSets.get(resetFields);
  if (!set) resetSets.set(resetFields, (set = fieldPaths(resetFields)));
  return set;
}

/** What of a set of fields a manager can own. */
export function ownable(set: FieldSet, ignored: FieldSet): FieldSet {
  return difference(isEmptySet(ignored) ? set : recursiveDifference(set, ignored), neverOwned);
}

/** The object as nobody has touched it: what Go's zero value of its type is in JSON. */
export function emptyOf(context: ManagerContext): Fields {
  const known = typeof context.type === 'string' && typeSchema(context.type);
  return { apiVersion: context.apiVersion, ...(known && emptyObject(context.type as string)) };
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

// Most writes of controllers that change nothing, and every request that only bumps versions elsewhere.
function isUntouched(old: Fields, next: Fields, plain: Fields): boolean {
  return deepEqual(entriesOf(old), entriesOf(next)) && deepEqual(withoutManagedFields(old), plain);
}

function entriesOf(object: Fields | undefined): ManagedFieldsEntry[] | undefined {
  return object?.['metadata']?.managedFields;
}

// A request may set managedFields, except through a subresource; one that leaves them out doesn't delete them.
function managersOf(old: Fields | undefined, next: Fields, isSubresource: boolean): Managers {
  const live = entriesOf(old);
  const given = isSubresource ? undefined : entriesOf(next);
  if (given && isReset(given)) return new Map();
  // What comes back as it went out need not be read again.
  const managers = given && (deepEqual(given, live) ? readOrNone(live) : readGiven(given));
  return managers?.size ? managers : (readOrNone(live) ?? new Map());
}

function readOrNone(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  try {
    return readManagers(entries);
  } catch {
    return undefined;
  }
}

// What a client sends may be malformed, or written in another way than we write it.
function readGiven(entries: readonly ManagedFieldsEntry[]): Managers | undefined {
  try {
    const managers = readManagers(entries);
    for (const [id, managed] of managers) {
      managers.set(id, { ...managed, owned: OwnedFields.ofSet(managed.owned.set) });
    }
    return managers;
  } catch {
    return undefined;
  }
}

function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0]!).length === 0);
}
