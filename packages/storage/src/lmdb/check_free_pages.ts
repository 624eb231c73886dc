import { checkTree } from './check_tree.ts';
import type { PageFile, Tree } from './page_file.ts';

/** The list of free pages: LMDB writes over them, so that none may be in use. Marks the list's own pages as used. */
export function checkFreePages(options: {
  file: PageFile;
  tree: Tree;
  used: Uint8Array;
  lastPage: number;
  report(problem: string): undefined;
}): undefined {
  const { used, lastPage, report } = options;
  const free: number[] = [];
  checkTree({
    ...options,
    name: 'free pages',
    withLeaves: true,
    integerKeys: true,
    onLeaf({ data }) {
      // A list of page numbers, preceded by its length. LMDB in Node.js also keeps runs: a negative number is
      // the length of the run that the next page begins.
      const count = data.length >= 8 ? Number(data.readBigUInt64LE(0)) : -1;
      if (count < 0 || (count + 1) * 8 > data.length) return report('free pages: a list is cut short');
      let run = 1;
      for (let i = 1; i <= count; i++) {
        const number = Number(data.readBigInt64LE(i * 8));
        if (number < 0) {
          run = -number;
          continue;
        }
        for (let page = number; page < number + run; page++) free.push(page);
        run = 1;
      }
    },
  });
  for (const page of free) {
    if (page === 0) continue;
    if (page < 2 || page > lastPage) return report(`free pages: page ${page} is outside of the file's pages`);
    if (used[page]) return report(`free pages: page ${page} is free and in use`);
  }
  return undefined;
}
