export type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A value of a patch for a field that wasn't there: nulls in objects say nothing, and an object with `$patch`
 * is an order about something that isn't there. Undefined where nothing is left.
 */
export function cleanValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanValue).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, '$patch')) return undefined;
  const clean: Fields = {};
  for (const [key, inner] of Object.entries(value)) {
    const kept = inner === null || key === '__proto__' ? undefined : cleanValue(inner);
    if (kept !== undefined) clean[key] = kept;
  }
  return clean;
}
