import { type PageFile, pageFlags, pageHeaderBytes, type Tree } from './page_file.ts';

export interface LeafEntry {
  key: Buffer;
  data: Buffer;
  /** The data is the root of a table. */
  isTree: boolean;
}

interface TreeCheck {
  file: PageFile;
  /** For messages. */
  name: string;
  tree: Tree;
  /** Pages that have been met: each belongs into one place. */
  used: Uint8Array;
  lastPage: number;
  /** Without: the lowest pages are only looked at from above. */
  withLeaves: boolean;
  /** Keys are numbers of 8 bytes and not strings of bytes. */
  integerKeys?: boolean;
  report(problem: string): undefined;
  onLeaf?: (entry: LeafEntry) => void;
}

/** The key that was met before, in a buffer that is used again and again. */
interface LastKey {
  readonly bytes: Buffer;
  length: number;
}

const nodeFlags = { overflow: 1, tree: 2 };
const nodeHeaderBytes = 8;
/** Deeper than any tree gets. */
const maxDepth = 32;

/** Follows a tree from its root: pages where they should be and of the right kind, entries within them, keys in order. */
export function checkTree(check: TreeCheck): undefined {
  const { tree, name, report } = check;
  if (tree.root === undefined) {
    if (tree.entries > 0) report(`${name}: ${tree.entries} entries, but no root`);
    return undefined;
  }
  if (tree.depth > maxDepth) return report(`${name}: the tree is ${tree.depth} deep`);
  const counts = { branches: 0, leaves: 0, overflow: 0, entries: 0 };
  let complete = true;
  const last: LastKey = { bytes: Buffer.alloc(check.file.pageBytes), length: -1 };

  const visit = (page: number, level: number): undefined => {
    if (!claim(check, page, 1)) {
      complete = false;
      return undefined;
    }
    const isLeaf = level === tree.depth - 1;
    if (isLeaf) counts.leaves++;
    else counts.branches++;
    if (isLeaf && !check.withLeaves) {
      complete = false;
      return undefined;
    }
    const bytes = check.file.read(page, level);
    const problem = pageProblem(bytes, page, isLeaf);
    if (problem) {
      complete = false;
      return report(`${name}: page ${page} ${problem}`);
    }
    const count = bytes.readUInt16LE(20) >> 1;
    for (let i = 0; i < count; i++) {
      const at = nodeAt(bytes, i);
      if (at === undefined) {
        complete = false;
        return report(`${name}: page ${page} has an entry outside of it`);
      }
      if (isLeaf) {
        counts.entries++;
        if (!visitEntry(check, bytes, at, page, last, counts)) complete = false;
      } else {
        visit(childOf(bytes, at), level + 1);
      }
    }
  };
  visit(tree.root, 0);
  if (!complete) return undefined;
  const expected = [tree.branchPages, tree.leafPages, tree.overflowPages, tree.entries].join();
  const actual = [counts.branches, counts.leaves, counts.overflow, counts.entries].join();
  if (expected !== actual) {
    report(`${name}: branch pages, leaves, overflow pages, entries should be ${expected}, are ${actual}`);
  }
}

function claim({ used, lastPage, file, name, report }: TreeCheck, page: number, count: number): boolean {
  const end = page + count;
  if (!(page >= 2 && end - 1 <= lastPage)) {
    report(`${name}: it leads to page ${page}, outside of the file's pages`);
    return false;
  }
  if (end > file.pages) {
    report(`the file is cut short: page ${end - 1} of ${name} is missing`);
    return false;
  }
  for (let i = page; i < end; i++) {
    if (used[i]) {
      report(`${name}: page ${i} is in use twice`);
      return false;
    }
    used[i] = 1;
  }
  return true;
}

function pageProblem(bytes: Buffer, page: number, isLeaf: boolean): string | undefined {
  const number = bytes.readBigUInt64LE(0);
  if (number !== BigInt(page)) return `says that it is page ${number}`;
  const flags = bytes.readUInt16LE(18) & 0xff;
  if ((flags & (isLeaf ? pageFlags.leaf : pageFlags.branch)) === 0) {
    return `is not a ${isLeaf ? 'leaf' : 'branch'} (flags ${flags})`;
  }
  const lower = bytes.readUInt16LE(20);
  const upper = bytes.readUInt16LE(22);
  const room = bytes.length - pageHeaderBytes;
  return lower > upper || upper > room ? 'has a broken header' : undefined;
}

/** Where entry `index` begins in its page; undefined: not in it. */
function nodeAt(bytes: Buffer, index: number): number | undefined {
  const at = bytes.readUInt16LE(pageHeaderBytes + 2 * index) + pageHeaderBytes;
  if (at + nodeHeaderBytes > bytes.length) return undefined;
  return at + nodeHeaderBytes + bytes.readUInt16LE(at + 6) > bytes.length ? undefined : at;
}

function childOf(bytes: Buffer, at: number): number {
  return bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 2) * 2 ** 16 + bytes.readUInt16LE(at + 4) * 2 ** 32;
}

function visitEntry(
  check: TreeCheck,
  bytes: Buffer,
  at: number,
  page: number,
  last: LastKey,
  counts: { overflow: number },
): boolean {
  const { name, file, report } = check;
  const flags = bytes.readUInt16LE(at + 4);
  const start = at + nodeHeaderBytes;
  const dataAt = start + bytes.readUInt16LE(at + 6);
  const size = bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 2) * 2 ** 16;
  const key = bytes.subarray(start, dataAt);
  if (last.length >= 0 && compareKeys(last.bytes.subarray(0, last.length), key, check.integerKeys) >= 0) {
    report(`${name}: the keys of page ${page} are not in order`);
    return false;
  }
  last.length = key.copy(last.bytes);
  if ((flags & nodeFlags.overflow) === 0) {
    if (dataAt + size > bytes.length) {
      report(`${name}: page ${page} has an entry outside of it`);
      return false;
    }
    check.onLeaf?.({
      key,
      data: bytes.subarray(dataAt, dataAt + size),
      isTree: (flags & nodeFlags.tree) !== 0,
    });
    return true;
  }
  if (dataAt + 24 > bytes.length) {
    report(`${name}: page ${page} has an entry outside of it`);
    return false;
  }
  const first = Number(bytes.readBigUInt64LE(dataAt));
  const pages = Math.floor((pageHeaderBytes - 1 + size) / file.pageBytes) + 1;
  counts.overflow += pages;
  if (!claim(check, first, pages)) return false;
  if (!check.onLeaf) return true;
  const data = Buffer.alloc(pages * file.pageBytes);
  for (let i = 0; i < pages; i++) file.read(first + i, maxDepth).copy(data, i * file.pageBytes);
  check.onLeaf({ key, data: data.subarray(pageHeaderBytes, pageHeaderBytes + size), isTree: false });
  return true;
}

function compareKeys(a: Buffer, b: Buffer, integers?: boolean): number {
  if (!integers || a.length !== 8 || b.length !== 8) return Buffer.compare(a, b);
  const left = a.readBigUInt64LE();
  const right = b.readBigUInt64LE();
  return left < right ? -1 : left > right ? 1 : 0;
}
