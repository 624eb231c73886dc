import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheFile, loadProgram } from './load_program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubets-load-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const wrapped = (build: string, answer: number) =>
  `// ${build}\n(function (exports, require, module, __filename, __dirname) {
    exports.answer = () => ${answer}; exports.where = __dirname; exports.sep = require('node:path').sep; })`;

const build = (id: string, answer: number) => {
  writeFileSync(join(folder, 'program.cjs'), wrapped(id, answer));
};
const load = (command = '') => {
  const loaded = loadProgram(folder, command);
  return { ...loaded, program: loaded.program as any };
};

test('runs as a CommonJS module of its folder', () => {
  build('a', 42);
  const { program, cached } = load();
  expect(program.answer()).toBe(42);
  expect(program.where).toBe(folder);
  expect(program.sep).toBe('/');
  expect(cached).toBe(false);
});

test('takes the code of the same build, of the command or of all', () => {
  build('a', 42);
  writeFileSync(cacheFile(folder, ''), load().codeCache());
  expect(load().cached).toBe(true);
  expect(load('server').cached).toBe(true);
  writeFileSync(cacheFile(folder, 'server'), 'damaged');
  expect(load('server').program.answer()).toBe(42);
});

test('leaves the code of another build, though V8 would take it: the text is as long', () => {
  build('a', 42);
  writeFileSync(cacheFile(folder, ''), load().codeCache());
  build('b', 43);
  const { program, cached } = load();
  expect(cached).toBe(false);
  expect(program.answer()).toBe(43);
});

test('compiles where V8 refuses what it finds', () => {
  build('a', 42);
  writeFileSync(cacheFile(folder, ''), 'no code of V8, but of this build// a');
  const { program, cached } = load();
  expect(cached).toBe(false);
  expect(program.answer()).toBe(42);
});
