// Reads the pages of an LMDB file (data version 2, as of liblmdb 0.9.90) without LMDB, which maps the file and
// follows what stands in it: a page number out of bounds would end the process. Everything that LMDB would
// follow is followed here first, with bounds.
import { closeSync, openSync } from 'node:fs';
import { checkFreePages } from './check_free_pages.ts';
import { checkTree } from './check_tree.ts';
import { dataFile } from './lmdb_file.ts';
import { type PageFile, pageFile, readStates, type Tree, treeAt } from './page_file.ts';
import { StoreDamagedError } from './tables.ts';

export interface FileReport {
  problems: string[];
  fileBytes: number;
  usedBytes: number;
  /** Names of the tables, and how many keys each has. */
  tables: Record<string, number>;
}

const expectedTables = ['history', 'meta', 'values'];
const maxAttempts = 10;
/** What is wrong with one file is told up to here. */
export const maxProblems = 100;

/**
 * Throws when opening the file could fail in a way that cannot be caught. Pages with values in them are not
 * read, so that a large store opens fast: each value has a checksum that is compared when it is read.
 * @throws StoreDamagedError
 */
export function checkFile(path: string): void {
  const { problems } = inspectFile(path, { everything: false });
  if (problems.length > 0) throw new StoreDamagedError(path, problems[0]!);
}

/**
 * Follows the pages that the newest state of the file leads to; without `everything`, not those with values. A
 * process may be writing: pages of the newest state stay as they are until there is a newer one, so that what was
 * found wrong counts only if there is none.
 */
export function inspectFile(path: string, options: { everything: boolean }): FileReport {
  for (let attempt = 1; ; attempt++) {
    const fd = openSync(dataFile(path), 'r');
    try {
      const file = pageFile(fd);
      if (typeof file === 'string') return { problems: [file], fileBytes: 0, usedBytes: 0, tables: {} };
      const { transaction } = readStates(file);
      const report = inspectPages(file, options.everything);
      if (report.problems.length === 0 || readStates(file).transaction === transaction) return report;
      // Whoever writes has the store open, and stands by it.
      if (attempt === maxAttempts) return { ...report, problems: [] };
    } finally {
      closeSync(fd);
    }
  }
}

function inspectPages(file: PageFile, everything: boolean): FileReport {
  const problems: string[] = [];
  const report = (problem: string): undefined => {
    if (problems.length < maxProblems) problems.push(problem);
  };
  const { free, main, lastPage } = readStates(file);
  // A file that is shorter than it says may end anywhere: then nothing is left out.
  const leaves = everything || file.pages <= lastPage;
  const used = new Uint8Array(Math.min(lastPage + 1, file.pages));
  used.fill(1, 0, 2);
  const tables: Record<string, number> = {};
  const found: { name: string; tree: Tree }[] = [];
  const check = (
    name: string,
    tree: Tree,
    withLeaves: boolean,
    onLeaf?: Parameters<typeof checkTree>[0]['onLeaf'],
  ) => checkTree({ file, name, tree, used, lastPage, withLeaves, report, onLeaf });

  check('tables', main, true, ({ key, data, isTree }) => {
    if (!isTree) return;
    // Names of tables end with a zero byte.
    const name = key.toString('latin1').replace(/\0$/, '');
    if (data.length < 48) report(`table ${JSON.stringify(name)} has no tree`);
    else found.push({ name, tree: treeAt(data, 0) });
  });
  for (const { name, tree } of found) {
    tables[name] = tree.entries;
    check(name, tree, leaves || name !== 'values');
  }
  for (const name of expectedTables) {
    if (!(name in tables)) report(`the table ${JSON.stringify(name)} is missing`);
  }
  checkFreePages({ file, tree: free, used, lastPage, report });
  const usedPages = used.reduce((sum, page) => sum + page, 0);
  return {
    problems,
    fileBytes: file.bytes,
    usedBytes: usedPages * file.pageBytes,
    tables,
  };
}
