// Who wrote what, for every write that is not an apply (KEP-555).
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { compareValues } from './compare_values.ts';
import { emptyObject } from './empty_object.ts';
import { FieldSet } from './field_set.ts';
import {
  capUpdates,
  dropEmpty,
  isReset,
  type Manager,
  type Managers,
  managerKey,
  readManagers,
  writeManagers,
} from './managers.ts';
import { neverOwned, withManagedFields, withoutManagedFields } from './owned_metadata.ts';
import { shapeOfType } from './shape.ts';

export interface TrackOptions {
  /** Undefined at create. */
  old: object | undefined;
  next: object;
  manager: string;
  operation: 'Update';
  /** The version in which the objects are. */
  apiVersion: string;
  subresource: string;
  /** Type table, e.g. `apps.v1.Deployment`. */
  type: string;
  /** RFC 3339, now. */
  time: string;
}

/** `next` with its managedFields brought up to date: the manager owns what the write added or changed. */
export function trackManagedFields(options: TrackOptions): object {
  const { old, next, type } = options;
  const managers = managersOf(old, next, options.subresource !== '');
  if (!managers) return withoutManagedFields(next);
  // An object whose managers were forgotten is not tracked again before somebody applies to it.
  if (old && managers.size === 0) return withoutManagedFields(next);
  const { added, modified, removed } = compareValues(
    old ? withoutManagedFields(old) : emptyObject(type),
    withoutManagedFields(next),
    shapeOfType(type),
  );
  const written = added.union(modified).difference(neverOwned);
  const gone = removed.difference(neverOwned);
  for (const manager of managers.values()) manager.set = manager.set.difference(written).difference(gone);
  const own: Manager = {
    name: options.manager,
    operation: 'Update',
    apiVersion: options.apiVersion,
    subresource: options.subresource,
    time: options.time,
    set: written,
  };
  if (!written.isEmpty) {
    const before = managers.get(managerKey(own));
    managers.set(managerKey(own), { ...own, set: (before?.set ?? new FieldSet()).union(written) });
  }
  dropEmpty(managers);
  capUpdates(managers);
  return withManagedFields(next, writeManagers(managers));
}

/**
 * The managers that the write starts from. A client may edit the list through the object itself, never through a
 * subresource. Undefined: it asked to forget them.
 */
function managersOf(old: object | undefined, next: object, isSubresource: boolean): Managers | undefined {
  const live = readManagers(entriesOf(old)) ?? new Map();
  if (isSubresource) return live;
  const given = entriesOf(next);
  if (isReset(given)) return undefined;
  const managers = readManagers(given);
  return managers && managers.size > 0 ? managers : live;
}

function entriesOf(object: object | undefined): ManagedFieldsEntry[] | undefined {
  return (object as { metadata?: { managedFields?: ManagedFieldsEntry[] } } | undefined)?.metadata
    ?.managedFields;
}
