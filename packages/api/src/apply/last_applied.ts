// The annotation of client-side apply, for `kubectl apply --server-side` on objects that it managed before.
import { resolveType } from './apply_versions.ts';
import { compareValues } from './compare_values.ts';
import { difference, type FieldSet } from './field_set.ts';
import type { ManagerContext } from './track_managed_fields.ts';
import { validateValue } from './validate_value.ts';
import { valueToSet } from './value_to_set.ts';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** As upstream's TotalAnnotationSizeLimitB. */
const maxAnnotationBytes = 256 << 10;

type Fields = Record<string, any>;

/**
 * The fields that client-side apply set and nobody has changed since: kubectl may apply them without force.
 * Undefined where the annotation is missing or says nothing useful.
 */
export function lastAppliedSet(live: Fields, context: ManagerContext): FieldSet | undefined {
  const text = live['metadata']?.annotations?.[lastAppliedAnnotation];
  if (!text) return undefined;
  let applied: Fields;
  try {
    applied = JSON.parse(text) as Fields;
  } catch {
    return undefined;
  }
  const type = resolveType(context.type);
  if (applied?.['apiVersion'] !== context.apiVersion) return undefined;
  if (validateValue(type, applied).length || validateValue(type, live).length) return undefined;
  const { added, modified, removed } = compareValues(type, applied, live);
  return difference(difference(difference(valueToSet(type, applied), modified), added), removed);
}

/** The object with its annotation, where it has one, set to what was applied now. */
export function withLastApplied(object: Fields, applied: Fields): Fields {
  const annotations: Record<string, string> | undefined = object['metadata']?.annotations;
  if (!annotations?.[lastAppliedAnnotation]) return object;
  const next = { ...annotations, [lastAppliedAnnotation]: lastAppliedText(applied) };
  // A configuration that is too long for an annotation loses it, as upstream does.
  if (sizeOf(next) > maxAnnotationBytes) Reflect.deleteProperty(next, lastAppliedAnnotation);
  return { ...object, metadata: { ...object['metadata'], annotations: next } };
}

// Keys in order, as upstream writes unstructured objects.
function lastAppliedText(applied: Fields): string {
  const annotations = { ...applied['metadata']?.annotations };
  Reflect.deleteProperty(annotations, lastAppliedAnnotation);
  const plain = applied['metadata']?.annotations
    ? { ...applied, metadata: { ...applied['metadata'], annotations } }
    : applied;
  return `${JSON.stringify(sortKeys(plain))}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

function sizeOf(annotations: Record<string, string>): number {
  const encoder = new TextEncoder();
  return Object.entries(annotations).reduce(
    (size, [key, value]) => size + encoder.encode(key).length + encoder.encode(value).length,
    0,
  );
}
