// metadata.managedFields: who owns what, by manager, operation, version and subresource.

import type { ManagedFieldsEntry } from '../generated/types.ts';
import { parseInstant } from '../time.ts';
import type { FieldsV1 } from './fields_v1.ts';
import { OwnedFields } from './owned_fields.ts';

export interface ManagerInfo {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource: string;
}

export interface Managed extends ManagerInfo {
  owned: OwnedFields;
  time: string | undefined;
}

/** By `managerId`. */
export type Managers = Map<string, Managed>;

/** Who counts as the same manager: an applier in every version, an updater in each version for itself. */
export function managerId({ manager, operation, apiVersion, subresource }: ManagerInfo): string {
  return JSON.stringify([manager, operation, operation === 'Update' ? apiVersion : '', subresource]);
}

/** Throws an Error with upstream's message for entries that make no sense. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined | null): Managers {
  const managers: Managers = new Map();
  (entries ?? []).forEach((entry, i) => {
    const { manager = '', operation, apiVersion = '', subresource = '', fieldsType, fieldsV1, time } = entry;
    if (operation !== 'Apply' && operation !== 'Update')
      throw new Error('operation must be `Apply` or `Update`');
    if (!apiVersion) throw new Error('apiVersion must not be empty');
    if (!fieldsType) throw new Error(`missing fieldsType in managed fields entry ${i}`);
    if (fieldsType !== 'FieldsV1') {
      throw new Error(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${i}`);
    }
    const info = { manager, operation, apiVersion, subresource } as const;
    const owned = OwnedFields.ofFields((fieldsV1 ?? {}) as FieldsV1);
    managers.set(managerId(info), { ...info, owned, time });
  });
  return managers;
}

/** Undefined where nobody owns anything. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (!managers.size) return undefined;
  return [...managers.values()].sort(compareManaged).map((managed) => ({
    manager: managed.manager,
    operation: managed.operation,
    apiVersion: managed.apiVersion,
    ...(managed.time && { time: managed.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: managed.owned.fields,
    ...(managed.subresource && { subresource: managed.subresource }),
  }));
}

export function secondsOf(managed: Managed): number {
  return (managed.time && parseInstant(managed.time)?.seconds) || 0;
}

function compareManaged(a: Managed, b: Managed): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
