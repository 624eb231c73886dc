// What one change of an object did, in words: who, when, which fields.
import type { KubeObject, ManagedFieldsEntry } from '@kubets/api';

export interface ChangeDescription {
  type: 'created' | 'updated' | 'deleted';
  /** As the writer's entry in managedFields has it; undefined for a deletion, which leaves none. */
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
  const time = entry?.time ?? after.metadata.creationTimestamp;
  if (!before) return { type: 'created', time, by, fields: [] };
  const fields: string[] = [];
  compare(before, after, '', fields);
  return { type: 'updated', time, by, fields };
}

/** The entry that this change wrote: newer than all that were there, or unlike any of them. */
function newestEntry(before: KubeObject | undefined, after: KubeObject): ManagedFieldsEntry | undefined {
  const old = new Set((before?.metadata.managedFields ?? []).map((entry) => JSON.stringify(entry)));
  const entries = after.metadata.managedFields ?? [];
  const written = entries.filter((entry) => !old.has(JSON.stringify(entry)));
  const candidates = written.length > 0 ? written : entries;
  return candidates.reduce<ManagedFieldsEntry | undefined>(
    (newest, entry) => (!newest || (entry.time ?? '') > (newest.time ?? '') ? entry : newest),
    undefined,
  );
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
