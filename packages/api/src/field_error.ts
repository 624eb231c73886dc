// What is wrong with one field, in the words of apimachinery's util/validation/field.
import { stringifyExact } from './codec/exact_numbers.ts';
import { goQuote } from './go_quote.ts';

/** One thing wrong with one field, as a cause of an `Invalid` Status. */
export interface FieldError {
  /** `spec.containers[0].image` */
  field: string;
  reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTooShort'
    | 'FieldValueTooMany'
    | 'FieldValueTooFew'
    | 'FieldValueTypeInvalid'
    | 'InternalError';
  /** As upstream prints it after the field, e.g. `Required value` or `Invalid value: "x": must be ...`. */
  message: string;
}

export function required(field: string, detail = ''): FieldError {
  return { field, reason: 'FieldValueRequired', message: withDetail('Required value', detail) };
}

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', message: withValue('Invalid value', value, detail) };
}

export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: 'FieldValueTypeInvalid', message: withValue('Invalid value', value, detail) };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length ? `supported values: ${supported.map(goQuote).join(', ')}` : '';
  return { field, reason: 'FieldValueNotSupported', message: withValue('Unsupported value', value, detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: 'FieldValueDuplicate', message: withValue('Duplicate value', value, '') };
}

export function notFoundValue(field: string, value: unknown): FieldError {
  return { field, reason: 'FieldValueNotFound', message: withValue('Not found', value, '') };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { field, reason: 'FieldValueForbidden', message: withDetail('Forbidden', detail) };
}

/** The value itself is never shown. `max` counts bytes. */
export function tooLong(field: string, _value: unknown, max: number): FieldError {
  const detail = max < 0 ? 'value is too long' : `may not be more than ${count(max, 'byte')}`;
  return { field, reason: 'FieldValueTooLong', message: withDetail('Too long', detail) };
}

export function tooLongCharacters(field: string, _value: unknown, max: number): FieldError {
  const detail = max < 0 ? 'value is too long' : `may not be more than ${count(max, 'character')}`;
  return { field, reason: 'FieldValueTooLong', message: withDetail('Too long', detail) };
}

export function tooShort(field: string, _value: unknown, min: number): FieldError {
  const detail = min < 0 ? 'value is too short' : `must be at least ${count(min, 'character')}`;
  return { field, reason: 'FieldValueTooShort', message: withDetail('Too short', detail) };
}

/** A negative `actual` is not shown. */
export function tooMany(field: string, actual: number, max: number): FieldError {
  const detail = max < 0 ? 'has too many items' : `must have at most ${count(max, 'item')}`;
  const kind = actual < 0 ? 'Too many' : `Too many: ${actual}`;
  return { field, reason: 'FieldValueTooMany', message: withDetail(kind, detail) };
}

export function tooFew(field: string, actual: number, min: number): FieldError {
  const detail = min < 0 ? 'has too few items' : `must have at least ${count(min, 'item')}`;
  const kind = actual < 0 ? 'Too few' : `Too few: ${actual}`;
  return { field, reason: 'FieldValueTooFew', message: withDetail(kind, detail) };
}

export function internalFieldError(field: string, message: string): FieldError {
  return { field, reason: 'InternalError', message: withDetail('Internal error', message) };
}

/** All of them in one line, each text once: `[a: Required value, b: Forbidden]` (utilerrors.Aggregate). */
export function joinFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  return texts.length > 1 ? `[${texts.join(', ')}]` : texts.join('');
}

function withDetail(kind: string, detail: string): string {
  return detail ? `${kind}: ${detail}` : kind;
}

function withValue(kind: string, value: unknown, detail: string): string {
  return withDetail(`${kind}: ${show(value)}`, detail);
}

function show(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  // Upstream shows JSON of anything else; a nil pointer, slice or map is `null`.
  return stringifyExact(value) ?? 'null';
}

function count(n: number, unit: string): string {
  return n === 1 ? `1 ${unit}` : `${n} ${unit}s`;
}
