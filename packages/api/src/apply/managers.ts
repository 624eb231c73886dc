// metadata.managedFields as managers with their sets, and back (KEP-555).
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { FieldSet } from './field_set.ts';

export interface Manager {
  name: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource: string;
  /** RFC 3339; undefined where an old entry has none. */
  time: string | undefined;
  set: FieldSet;
}

/** By identity: name, operation, subresource, and for updates the version that they were written in. */
export type Managers = Map<string, Manager>;

/** Update managers beyond this number are put together as one (upstream's DefaultMaxUpdateManagers). */
const maxUpdateManagers = 10;
const ancient = 'ancient-changes';

export function managerKey(manager: Omit<Manager, 'time' | 'set'>): string {
  const version = manager.operation === 'Apply' ? '' : manager.apiVersion;
  return JSON.stringify([manager.name, manager.operation, version, manager.subresource]);
}

/** Undefined when an entry can't be read: then none of them counts. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  const managers: Managers = new Map();
  for (const entry of entries ?? []) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') return undefined;
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') return undefined;
    const manager: Manager = {
      name: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
      time: entry.time,
      set: FieldSet.fromFieldsV1(entry.fieldsV1),
    };
    managers.set(managerKey(manager), manager);
  }
  return managers;
}

/** A list of one empty entry is how a client asks to forget all managers. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return entries?.length === 1 && Object.keys(entries[0]!).length === 0;
}

export function writeManagers(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()].sort(compareManagers).map((manager) => ({
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time !== undefined && { time: manager.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: manager.set.toFieldsV1(),
    ...(manager.subresource !== '' && { subresource: manager.subresource }),
  }));
}

export function dropEmpty(managers: Managers): void {
  for (const [key, manager] of managers) if (manager.set.isEmpty) managers.delete(key);
}

/**
 * Puts the oldest updates together until there are no more than the bound. The first of a version stays by itself
 * until a second one of that version has to go.
 */
export function capUpdates(managers: Managers): void {
  const updates = [...managers.values()]
    .filter(({ operation }) => operation === 'Update')
    .sort(compareManagers);
  let count = updates.length;
  const oldestOf = new Map<string, Manager>();
  for (const manager of updates) {
    if (count <= maxUpdateManagers) return;
    const oldest = oldestOf.get(manager.apiVersion);
    if (!oldest) {
      oldestOf.set(manager.apiVersion, manager);
      continue;
    }
    managers.delete(managerKey(oldest));
    managers.delete(managerKey(manager));
    const bucket: Manager = {
      ...manager,
      name: ancient,
      subresource: '',
      set: oldest.set.union(manager.set),
    };
    managers.set(managerKey(bucket), bucket);
    oldestOf.set(manager.apiVersion, bucket);
    count--;
  }
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    order(a.operation, b.operation) ||
    order(a.time ?? '', b.time ?? '') ||
    order(a.name, b.name) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
