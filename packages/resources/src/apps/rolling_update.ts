import { type IntOrString, percentOf } from '../rules/numbers.ts';

/** `0` or `0%`: no room to move. */
export function isZero(value: IntOrString | undefined): boolean {
  if (typeof value !== 'string') return (value ?? 0) === 0;
  // What is no number counts as 0 here; that it is none is reported elsewhere.
  const percent = /^\d+%$/.test(value) ? percentOf(value) : undefined;
  return (percent ?? (/^[+-]?\d+$/.test(value) ? Number(value) : 0)) === 0;
}
