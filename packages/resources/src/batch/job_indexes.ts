// Indexes of a job as text: `1,3-5,7`.

export type Indexes =
  | { ok: true; intervals: [first: number, last: number][]; total: number }
  | { ok: false; message: string };

/** Intervals in rising order, all below `completions`. */
export function parseIndexes(text: string, completions: number): Indexes {
  const intervals: [number, number][] = [];
  let total = 0;
  for (const part of text === '' ? [] : text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2)
      return {
        ok: false,
        message: `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      };
    for (const limit of limits) {
      const quoted = JSON.stringify(limit);
      if (!/^[+-]?\d{1,10}$/.test(limit))
        return { ok: false, message: `cannot convert string to integer for index: ${quoted}` };
      if (Number(limit) >= completions) return { ok: false, message: `too large index: ${quoted}` };
    }
    const first = Number(limits[0]);
    const last = Number(limits.at(-1));
    const rising = (previous: number, current: number) => ({
      ok: false as const,
      message: `non-increasing order, previous: ${previous}, current: ${current}`,
    });
    if (limits.length === 2 && first >= last) return rising(first, last);
    const before = intervals.at(-1);
    if (before && before[1] >= first) return rising(before[1], first);
    intervals.push([first, last]);
    total += last - first + 1;
  }
  return { ok: true, intervals, total };
}

/** The first index that is in both, if any. */
export function overlapOf(a: Indexes, b: Indexes): number | undefined {
  if (!a.ok || !b.ok) return undefined;
  for (const [first, last] of a.intervals)
    for (const [otherFirst, otherLast] of b.intervals)
      if (first <= otherLast && otherFirst <= last) return Math.max(first, otherFirst);
  return undefined;
}
