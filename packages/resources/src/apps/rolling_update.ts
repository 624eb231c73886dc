import { type IntOrString, percentOf } from '../rules/numbers.ts';

/** `0` or `0%`: no room to move. */
export function isZero(value: IntOrString | undefined): boolean {
  return typeof value === 'string' ? percentOf(value) === 0 || Number(value) === 0 : (value ?? 0) === 0;
}
