// spec.successPolicy (KEP-3998): an indexed job may be done before all indexes are.
import type { SuccessPolicy } from '@kubets/api';
import { countCommon, countIndexes, type Intervals, parseIntervals } from './index_intervals.ts';

/** The message of the first rule that is met. */
export function matchSuccessPolicy(
  policy: SuccessPolicy | undefined,
  completions: number,
  succeeded: Intervals,
): string | undefined {
  if (countIndexes(succeeded) === 0) return undefined;
  for (const [index, { succeededIndexes, succeededCount }] of (policy?.rules ?? []).entries()) {
    if (succeededIndexes === undefined) {
      if (succeededCount !== undefined && countIndexes(succeeded) >= succeededCount) return message(index);
      continue;
    }
    const required = parseIntervals(succeededIndexes, completions);
    if (required.length === 0) continue;
    const common = countCommon(required, succeeded);
    if (common === countIndexes(required) || (succeededCount !== undefined && common >= succeededCount)) {
      return message(index);
    }
  }
  return undefined;
}

function message(index: number): string {
  return `Matched rules at index ${index}`;
}
