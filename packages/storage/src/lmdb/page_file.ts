import { fstatSync, readSync } from 'node:fs';

/** A file of pages, each with a header: number, transaction, flags, where its free space lies. */
export interface PageFile {
  readonly pageBytes: number;
  readonly bytes: number;
  /** Whole pages that are there. */
  readonly pages: number;
  /** Reads into a buffer that is good until the next read at the same `level`. */
  read(page: number, level: number): Buffer;
}

/** The root of a B+ tree and what it should hold. */
export interface Tree {
  root: number | undefined;
  depth: number;
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
}

export const pageHeaderBytes = 24;
export const pageFlags = { branch: 1, leaf: 2, overflow: 4, meta: 8 };

const magic = 0xbeefc0de;
const dataVersion = 2;
const firstTree = pageHeaderBytes + 24;
const secondTree = firstTree + 48;
const lastPageAt = secondTree + 48;
const noPage = 2n ** 64n - 1n;

/** The file, or why it isn't one. */
export function pageFile(fd: number): PageFile | string {
  const bytes = fstatSync(fd).size;
  if (bytes === 0) return 'data.mdb is empty';
  const head = Buffer.alloc(lastPageAt + 16);
  if (readSync(fd, head, 0, head.length, 0) < head.length) return `data.mdb ends after ${bytes} bytes`;
  const problem = stateProblem(head);
  if (problem) return `the first page of data.mdb ${problem}`;
  const pageBytes = head.readUInt32LE(firstTree);
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) {
    return `data.mdb says that its pages have ${pageBytes} bytes`;
  }
  if (bytes < 2 * pageBytes) return `data.mdb ends after ${bytes} bytes`;
  const levels: Buffer[] = [];
  const file: PageFile = {
    pageBytes,
    bytes,
    pages: Math.floor(bytes / pageBytes),
    read(page, level) {
      const buffer = (levels[level] ??= Buffer.alloc(pageBytes));
      readSync(fd, buffer, 0, pageBytes, page * pageBytes);
      return buffer;
    },
  };
  const second = stateProblem(file.read(1, 0));
  return second ? `the second page of data.mdb ${second}` : file;
}

function stateProblem(page: Buffer): string | undefined {
  if ((page.readUInt16LE(18) & pageFlags.meta) === 0 || page.readUInt32LE(pageHeaderBytes) !== magic) {
    return 'is not of LMDB';
  }
  const version = page.readUInt32LE(pageHeaderBytes + 4) & 0xffff;
  return version === dataVersion ? undefined : `is of LMDB's data version ${version}`;
}

/** The newest of the two states that the first two pages hold. */
export function readStates(file: PageFile): {
  free: Tree;
  main: Tree;
  lastPage: number;
  /** Grows with each. */
  transaction: bigint;
} {
  const states = [0, 1].map((page) => {
    const bytes = file.read(page, 0);
    return {
      free: treeAt(bytes, firstTree),
      main: treeAt(bytes, secondTree),
      lastPage: Number(bytes.readBigUInt64LE(lastPageAt)),
      transaction: bytes.readBigUInt64LE(lastPageAt + 8),
    };
  });
  return states[0]!.transaction >= states[1]!.transaction ? states[0]! : states[1]!;
}

export function treeAt(bytes: Buffer, at: number): Tree {
  const number = (offset: number) => Number(bytes.readBigUInt64LE(at + offset));
  return {
    depth: bytes.readUInt16LE(at + 6),
    branchPages: number(8),
    leafPages: number(16),
    overflowPages: number(24),
    entries: number(32),
    root: bytes.readBigUInt64LE(at + 40) === noPage ? undefined : number(40),
  };
}
