// The node where preemption does the least harm.
import type { Candidate } from './find_victims.ts';
import { startOf } from './select_victims.ts';

/** Victims count by number too, also those of negative priority. */
const lowestPriority = -2_147_483_648;

/** In this order: what two candidates do equally well, the next measure decides. Smaller is better. */
const measures: ((candidate: Candidate) => number)[] = [
  ({ budgetViolations }) => budgetViolations,
  ({ victims }) => victims[0]!.priority,
  ({ victims }) => victims.reduce((sum, victim) => sum + victim.priority - lowestPriority, 0),
  ({ victims }) => victims.length,
];

export function chooseCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates.filter(({ victims }) => victims.length > 0);
  for (const measure of measures) {
    if (left.length < 2) break;
    const values = left.map(measure);
    const least = Math.min(...values);
    left = left.filter((_, i) => values[i] === least);
  }
  // Last, where the most important of the victims started latest.
  return left.reduce<Candidate | undefined>(
    (best, each) => (!best || earliestStart(each) > earliestStart(best) ? each : best),
    undefined,
  );
}

function earliestStart({ victims }: Candidate): string {
  const highest = victims.filter(({ priority }) => priority === victims[0]!.priority);
  return highest.map(startOf).sort()[0]!;
}
