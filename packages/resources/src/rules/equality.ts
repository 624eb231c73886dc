import { type FieldSchema, parseQuantity, typeSchema } from '@kubets/api';

/**
 * Equality as API strategies mean it (apimachinery Semantic.DeepEqual): an empty list is an absent one. With the
 * name of a type, such as `core.v1.PodSpec`, so are empty values of fields that Go holds by value, and quantities
 * compare by amount.
 */
export function sameValue(a: unknown, b: unknown, type?: string): boolean {
  return same(a, b, type ? { type, ptr: true } : undefined);
}

/** The same of one field of two objects of a type. */
export function sameField<T extends object>(a: T, b: T, name: keyof T & string, type: string): boolean {
  return same(a[name], b[name], typeSchema(type)?.fields?.[name]);
}

function same(a: unknown, b: unknown, field: FieldSchema | undefined): boolean {
  if (a === b) return true;
  if (a == null || b == null) return (a ?? b) == null || isAbsent(a ?? b, field);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    const item: FieldSchema | undefined = field && { type: field.type, map: field.mapItems };
    return a.every((value, i) => same(value, b[i], item));
  }
  if (typeof a === 'object' && typeof b === 'object')
    return !Array.isArray(b) && (field?.map ? sameEntries(a, b, field) : sameFields(a, b, field));
  return field !== undefined && typeSchema(field.type)?.special === 'quantity' && sameQuantity(a, b);
}

/** Maps: a key with an empty value is not a key that is not there. */
function sameEntries(a: object, b: object, field: FieldSchema): boolean {
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const value: FieldSchema = { type: field.type };
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => key in right && same(left[key], right[key], value))
  );
}

function sameFields(a: object, b: object, field: FieldSchema | undefined): boolean {
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const fields = field && typeSchema(field.type)?.fields;
  for (const key in left) if (!same(left[key], right[key], fields?.[key])) return false;
  for (const key in right) if (!(key in left) && !same(undefined, right[key], fields?.[key])) return false;
  return true;
}

function isAbsent(value: unknown, field: FieldSchema | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (!field || (field.ptr && !field.map)) return false;
  if (value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.values(value as object).every((inner) => inner == null);
}

function sameQuantity(a: unknown, b: unknown): boolean {
  return parseQuantity(a as string).cmp(parseQuantity(b as string)) === 0;
}
