// Sets of completion indexes as a Job's status writes them: `0,2-5,7` (API of status.completedIndexes).

export type Intervals = readonly (readonly [first: number, last: number])[];

/** Indexes of `completions` and more are left out; what can't be read counts as nothing. */
export function parseIntervals(text: string | undefined, completions: number): Intervals {
  const indexes: [number, number][] = [];
  for (const part of text ? text.split(',') : []) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!match) return [];
    const first = Number(match[1]);
    if (first >= completions) break;
    indexes.push([first, Math.min(completions - 1, Number(match[2] ?? first))]);
  }
  return join(indexes);
}

export function addIndexes(intervals: Intervals, indexes: Iterable<number>): Intervals {
  const added = Array.from(indexes, (index): [number, number] => [index, index]);
  return added.length === 0
    ? intervals
    : join([...intervals.map(([a, b]): [number, number] => [a, b]), ...added]);
}

export function mergeIntervals(a: Intervals, b: Intervals): Intervals {
  return join([...a, ...b].map(([first, last]): [number, number] => [first, last]));
}

export function hasIndex(intervals: Intervals, index: number): boolean {
  return intervals.some(([first, last]) => first <= index && index <= last);
}

export function countIndexes(intervals: Intervals): number {
  return intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** How many indexes are in both. */
export function countCommon(a: Intervals, b: Intervals): number {
  let common = 0;
  for (const [first, last] of a) {
    for (const [from, to] of b) common += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
  }
  return common;
}

/** The first `count` indexes below `completions` that are not in `taken`. */
export function firstFree(taken: Intervals, count: number, completions: number): number[] {
  const free: number[] = [];
  let candidate = 0;
  for (const [first, last] of [...taken, [completions, completions] as const]) {
    while (candidate < first && candidate < completions && free.length < count) free.push(candidate++);
    candidate = Math.max(candidate, last + 1);
  }
  return free;
}

/** Two neighbours are written `1,2`, three and more `1-3`. */
export function formatIntervals(intervals: Intervals): string {
  return intervals
    .map(([first, last]) => {
      if (first === last) return `${first}`;
      return last === first + 1 ? `${first},${last}` : `${first}-${last}`;
    })
    .join(',');
}

function join(intervals: [number, number][]): Intervals {
  const joined: [number, number][] = [];
  for (const [first, last] of intervals.sort((a, b) => a[0] - b[0])) {
    const previous = joined.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else joined.push([first, last]);
  }
  return joined;
}
