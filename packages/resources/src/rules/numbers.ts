import { type FieldError, invalidValue } from '@kubets/api';

export type IntOrString = number | string;

export function portNumber(port: number): string[] {
  return inRange(port, 1, 65535);
}

export function inRange(value: number, min: number, max: number): string[] {
  return value >= min && value <= max ? [] : [`must be between ${min} and ${max}, inclusive`];
}

/** `0..2^31-1`, for user and group ids. */
export function userOrGroupId(value: number): string[] {
  return inRange(value, 0, 2_147_483_647);
}

/** Absent counts as 0. */
export function validateNonNegative(value: number | undefined, path: string): FieldError[] {
  return (value ?? 0) < 0 ? [invalidValue(path, value, 'must be greater than or equal to 0')] : [];
}

/** For fields that may be absent but not zero. */
export function validatePositive(value: number | undefined, path: string): FieldError[] {
  return value !== undefined && value <= 0 ? [invalidValue(path, value, 'must be greater than zero')] : [];
}

export function percentText(value: string): string[] {
  return /^[0-9]+%$/.test(value)
    ? []
    : [
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ];
}

/** Numbers and percentages of rollouts and budgets: a whole number from 0, or text such as `25%`. */
export function validateIntOrPercent(value: IntOrString, path: string): FieldError[] {
  if (typeof value === 'number') return validateNonNegative(value, path);
  return percentText(value).map((message) => invalidValue(path, value, message));
}

export function validateAtMost100Percent(value: IntOrString | undefined, path: string): FieldError[] {
  const percent = percentOf(value);
  return percent !== undefined && percent > 100
    ? [invalidValue(path, value, 'must not be greater than 100%')]
    : [];
}

/** The number before `%`, or undefined for anything else. */
export function percentOf(value: IntOrString | undefined): number | undefined {
  return typeof value === 'string' && percentText(value).length === 0
    ? Number(value.slice(0, -1))
    : undefined;
}
