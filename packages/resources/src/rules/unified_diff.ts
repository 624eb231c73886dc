// Differences of two texts as `diff -u` shows them, with the matching of Python's difflib, whose Go port upstream uses.

interface Block {
  a: number;
  b: number;
  size: number;
}

interface Change {
  same: boolean;
  a: [from: number, to: number];
  b: [from: number, to: number];
}

/** Without the two lines that name files. Empty where the texts are equal. */
export function unifiedDiff(before: string, after: string, context = 3): string {
  const a = before.split('\n');
  const b = after.split('\n');
  const out: string[] = [];
  for (const hunk of hunksOf(changesOf(a, b), context)) {
    const first = hunk[0]!;
    const last = hunk.at(-1)!;
    out.push(`@@ -${range(first.a[0], last.a[1])} +${range(first.b[0], last.b[1])} @@`);
    for (const change of hunk) {
      if (change.same) out.push(...a.slice(...change.a).map((line) => ` ${line}`));
      else {
        out.push(...a.slice(...change.a).map((line) => `-${line}`));
        out.push(...b.slice(...change.b).map((line) => `+${line}`));
      }
    }
  }
  return out.map((line) => `${line}\n`).join('');
}

function range(from: number, to: number): string {
  if (to - from === 1) return String(from + 1);
  return `${to === from ? from : from + 1},${to - from}`;
}

function changesOf(a: string[], b: string[]): Change[] {
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  for (const block of [...matchingBlocks(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (i < block.a || j < block.b) changes.push({ same: false, a: [i, block.a], b: [j, block.b] });
    i = block.a + block.size;
    j = block.b + block.size;
    if (block.size > 0) changes.push({ same: true, a: [block.a, i], b: [block.b, j] });
  }
  return changes;
}

function hunksOf(changes: Change[], context: number): Change[][] {
  if (!changes.some(({ same }) => !same)) return [];
  const hunks: Change[][] = [];
  let hunk: Change[] = [];
  changes.forEach((change, i) => {
    if (!change.same) {
      hunk.push(change);
      return;
    }
    const length = change.a[1] - change.a[0];
    const atStart = i === 0;
    const atEnd = i === changes.length - 1;
    if (!atStart && !atEnd && length <= 2 * context) {
      hunk.push(change);
      return;
    }
    if (!atStart) {
      hunk.push(cut(change, 0, Math.min(context, length)));
      hunks.push(hunk);
      hunk = [];
    }
    if (!atEnd) hunk.push(cut(change, Math.max(0, length - context), length));
  });
  if (hunk.some(({ same }) => !same)) hunks.push(hunk);
  return hunks;
}

function cut({ same, a, b }: Change, from: number, to: number): Change {
  return { same, a: [a[0] + from, a[0] + to], b: [b[0] + from, b[0] + to] };
}

/** Longest common runs first, then the same on both sides of each (Ratcliff and Obershelp). */
function matchingBlocks(a: string[], b: string[]): Block[] {
  const positions = positionsOf(b);
  const found: Block[] = [];
  const open: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  while (open.length > 0) {
    const [aFrom, aTo, bFrom, bTo] = open.pop()!;
    const block = longestMatch(a, b, positions, [aFrom, aTo, bFrom, bTo]);
    if (block.size === 0) continue;
    found.push(block);
    if (aFrom < block.a && bFrom < block.b) open.push([aFrom, block.a, bFrom, block.b]);
    const aEnd = block.a + block.size;
    const bEnd = block.b + block.size;
    if (aEnd < aTo && bEnd < bTo) open.push([aEnd, aTo, bEnd, bTo]);
  }
  found.sort((x, y) => x.a - y.a || x.b - y.b);
  return joined(found);
}

function joined(blocks: Block[]): Block[] {
  const out: Block[] = [];
  for (const block of blocks) {
    const last = out.at(-1);
    if (last && last.a + last.size === block.a && last.b + last.size === block.b) last.size += block.size;
    else out.push({ ...block });
  }
  return out;
}

/** Lines that make more than a hundredth of a long text say nothing about what moved: difflib's "autojunk". */
function positionsOf(b: string[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  b.forEach((line, i) => {
    const at = positions.get(line);
    if (at) at.push(i);
    else positions.set(line, [i]);
  });
  if (b.length >= 200)
    for (const [line, at] of positions)
      if (at.length > Math.floor(b.length / 100) + 1) positions.delete(line);
  return positions;
}

function longestMatch(
  a: string[],
  b: string[],
  positions: Map<string, number[]>,
  [aFrom, aTo, bFrom, bTo]: [number, number, number, number],
): Block {
  let best: Block = { a: aFrom, b: bFrom, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>();
    for (const j of positions.get(a[i]!) ?? []) {
      if (j < bFrom) continue;
      if (j >= bTo) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  let { a: i, b: j, size } = best;
  while (i > aFrom && j > bFrom && a[i - 1] === b[j - 1]) {
    i--;
    j--;
    size++;
  }
  while (i + size < aTo && j + size < bTo && a[i + size] === b[j + size]) size++;
  return { a: i, b: j, size };
}
