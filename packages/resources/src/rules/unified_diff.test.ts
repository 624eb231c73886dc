import { expect, test } from 'vitest';
import { unifiedDiff } from './unified_diff.ts';

const lines = (...list: (string | number)[]) => list.join('\n');

test('a changed line with three lines around it', () => {
  expect(unifiedDiff(lines(1, 2, 3, 4, 5, 6, 7, 8), lines(1, 2, 3, 4, 'five', 6, 7, 8))).toBe(
    `${lines('@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8')}\n`,
  );
});

test('changes far apart stand in hunks of their own', () => {
  const before = Array.from({ length: 20 }, (_, i) => i);
  const after = before.map((i) => (i === 1 || i === 18 ? `x${i}` : i));
  const diff = unifiedDiff(lines(...before), lines(...after));
  expect(diff.match(/^@@.*@@$/gm)).toEqual(['@@ -1,5 +1,5 @@', '@@ -16,5 +16,5 @@']);
});

test('lines that come and go', () => {
  expect(unifiedDiff('a\nb', 'a\nb\nc')).toBe('@@ -1,2 +1,3 @@\n a\n b\n+c\n');
  expect(unifiedDiff('a\nb', 'b')).toBe('@@ -1,2 +1 @@\n-a\n b\n');
});

test('equal texts differ in nothing', () => {
  expect(unifiedDiff('a\nb', 'a\nb')).toBe('');
});

test('lines that a long text repeats do not guide the match', () => {
  const before = Array.from({ length: 300 }, (_, i) => (i % 2 ? '}' : `line ${i}`));
  const after = [...before.slice(0, 100), 'new', ...before.slice(100)];
  expect(
    unifiedDiff(lines(...before), lines(...after))
      .split('\n')
      .filter((line) => /^[+-]/.test(line)),
  ).toEqual(['+new']);
});
