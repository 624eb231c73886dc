/** Fields that differ, one a line, old value before new one. At most `limit` lines. */
export function describeChanges(old: unknown, next: unknown, limit = 20): string {
  const lines: string[] = [];
  collect(old, next, '', lines, limit);
  return lines.join('\n');
}

function collect(old: unknown, next: unknown, path: string, lines: string[], limit: number): void {
  if (lines.length >= limit || JSON.stringify(old) === JSON.stringify(next)) return;
  if (isObject(old) && isObject(next) && Array.isArray(old) === Array.isArray(next)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
      const at = Array.isArray(old) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
      collect(old[key], next[key], at, lines, limit);
    }
    return;
  }
  const text = (value: unknown) => (value === undefined ? '<unset>' : JSON.stringify(value));
  lines.push(`  ${path}: ${text(old)} -> ${text(next)}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
