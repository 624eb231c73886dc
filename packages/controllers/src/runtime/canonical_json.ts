/** JSON with sorted keys and without absent or empty fields: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    const sorted: Record<string, unknown> = {};
    for (const key of Object.keys(part).sort()) {
      const field = (part as Record<string, unknown>)[key];
      if (field !== undefined && field !== null) sorted[key] = field;
    }
    return sorted;
  });
}
