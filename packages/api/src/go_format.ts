// How Go's fmt shows JSON values, which upstream puts into messages about patches and configurations.

import { goQuote } from './go_quote.ts';

/** `%v`: `map[a:1 b:[x y]]`, `<nil>`. */
export function formatGo(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(formatGo).join(' ')}]`;
  if (typeof value === 'object') {
    const fields = Object.keys(value)
      .sort()
      .map((key) => `${key}:${formatGo((value as Record<string, unknown>)[key])}`);
    return `map[${fields.join(' ')}]`;
  }
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

/** `%#v`: `map[string]interface {}{"a":1}`. */
export function formatGoSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value !== 'object') return formatGo(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(formatGoSyntax).join(', ')}}`;
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${goQuote(key)}:${formatGoSyntax((value as Record<string, unknown>)[key])}`);
  return `map[string]interface {}{${fields.join(', ')}}`;
}

/** `%T` of what Go reads from JSON. */
export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return isGoInteger(value) ? 'int64' : 'float64';
}

/** Numbers without a fraction are int64, as far as they fit. */
export function isGoInteger(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63;
}

// Floats as %v has them: an exponent from 1e21 up, and below 1e-4, with two digits at least.
function formatNumber(value: number): string {
  if (isGoInteger(value)) return String(BigInt(value));
  const small = value !== 0 && Math.abs(value) < 1e-4;
  const text = small ? value.toExponential() : String(value);
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}
