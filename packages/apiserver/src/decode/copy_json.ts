/**
 * A private copy of a JSON value. Fields that are undefined or null are left out: both mean "not set", as in Go,
 * where decoding null leaves a field at its zero value. What is frozen (fields_text.ts) nobody can change, and is
 * shared.
 */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyJson(item)) as T;
  if (Object.isFrozen(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    const field = value[key];
    if (field !== undefined && field !== null) copy[key] = copyJson(field);
  }
  return copy as T;
}
