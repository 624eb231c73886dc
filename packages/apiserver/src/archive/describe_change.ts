// What one change of an object did, in words: who, when, which fields.
import type { KubeObject, ManagedFieldsEntry } from '@kubets/api';

export interface ChangeDescription {
  type: 'created' | 'updated' | 'deleted';
  /** As the writer's entry in managedFields has it; undefined for a deletion, or where fields are not tracked. */
  time: string | undefined;
  by: string | undefined;
  /** `spec.replicas: 2 -> 3`; the first of them where there are many. */
  fields: string[];
}

const maxFields = 20;
const maxValueLength = 60;

export function describeChange(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): ChangeDescription {
  if (!after) return { type: 'deleted', time: undefined, by: undefined, fields: [] };
  const entry = newestEntry(before, after);
  const by = entry && (entry.subresource ? `${entry.manager} (${entry.subresource})` : entry.manager);
  if (!before)
    return { type: 'created', time: entry?.time ?? after.metadata.creationTimestamp, by, fields: [] };
  const fields: string[] = [];
  compare(before, after, '', fields);
  return { type: 'updated', time: entry?.time, by, fields };
}

/**
 * The entry that this change wrote. A writer's entry gets the time of the write and grows; those of others keep their
 * time and shrink, where fields have gone over to the writer.
 */
function newestEntry(before: KubeObject | undefined, after: KubeObject): ManagedFieldsEntry | undefined {
  const old = new Map((before?.metadata.managedFields ?? []).map((entry) => [ownerOf(entry), entry]));
  let newest: ManagedFieldsEntry | undefined;
  let growth = 0;
  for (const entry of after.metadata.managedFields ?? []) {
    const grown = sizeOf(entry) - sizeOf(old.get(ownerOf(entry)));
    const later = (entry.time ?? '').localeCompare(newest?.time ?? '');
    if (newest && (later < 0 || (later === 0 && grown <= growth))) continue;
    newest = entry;
    growth = grown;
  }
  return newest;
}

function ownerOf({ manager, operation, subresource }: ManagedFieldsEntry): string {
  return `${operation} ${subresource ?? ''} ${manager}`;
}

function sizeOf(entry: ManagedFieldsEntry | undefined): number {
  return entry ? JSON.stringify(entry.fieldsV1 ?? {}).length : 0;
}

const unshown = new Set(['metadata.managedFields', 'metadata.resourceVersion', 'metadata.generation']);

function compare(before: unknown, after: unknown, path: string, found: string[]): void {
  if (found.length >= maxFields || unshown.has(path) || before === after) return;
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[key], after[key], path === '' ? key : `${path}${part(key)}`, found);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    for (let index = 0; index < length; index++) {
      compare(before[index], after[index], `${path}[${index}]`, found);
    }
    return;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  found.push(`${path}: ${shown(before)} -> ${shown(after)}`);
}

function part(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function shown(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}...` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
