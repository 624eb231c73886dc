import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nodeFlags } from './garbage_collection.ts';

test('as many helpers as there are other cores, one at least, four at most', () => {
  expect([1, 2, 3, 5, 64].map((cores) => nodeFlags(cores)[0])).toEqual(
    [1, 1, 2, 4, 4].map((helpers) => `--v8-pool-size=${helpers}`),
  );
});

test('Node knows the flag', () => {
  expect(execFileSync(process.execPath, [...nodeFlags(), '-p', '1 + 1'], { encoding: 'utf8' })).toBe('2\n');
});
