import { type FieldError, notSupported, required } from '@kubets/api';

/** A value that must be there and be one of a few. Those listed are sorted, as upstream lists its sets. */
export function validateOneOf(
  value: string | undefined,
  allowed: readonly string[],
  path: string,
  missing?: string,
): FieldError[] {
  if (!value) return [missing === undefined ? required(path) : required(path, missing)];
  return validateAnyOf(value, allowed, path);
}

/** As `validateOneOf`, for the few fields whose values upstream lists in an order of its own. */
export function validateOneOfListed(
  value: string | undefined,
  allowed: readonly string[],
  path: string,
): FieldError[] {
  if (!value) return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

/** As `validateOneOf`, with the empty value reported like any other unknown one. */
export function validateAnyOf(
  value: string | undefined,
  allowed: readonly string[],
  path: string,
): FieldError[] {
  return allowed.includes(value ?? '') ? [] : [notSupported(path, value ?? '', [...allowed].sort())];
}

/** As `validateOneOf` for what is a pointer in Go: an empty text is a wrong value, not a missing one. */
export function validateGivenOneOf(
  value: string | undefined,
  allowed: readonly string[],
  path: string,
): FieldError[] {
  return value === undefined ? [required(path)] : validateAnyOf(value, allowed, path);
}
