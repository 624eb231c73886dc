import { expect, test } from 'vitest';
import { columnsOf, formatLabels, formatSelector, textColumn, wide } from './columns.ts';

test.each([
  [undefined, '<none>'],
  [{}, '<none>'],
  [{ b: '2', a: '1' }, 'a=1,b=2'],
])('labels %j', (labels, text) => {
  expect(formatLabels(labels)).toBe(text);
});

test.each([
  [undefined, '<none>'],
  [{}, '<none>'],
  [{ matchLabels: { app: 'web', a: 'b' } }, 'a=b,app=web'],
  [
    {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['b', 'a'] },
        { key: 'env', operator: 'NotIn', values: ['dev'] },
        { key: 'new', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    },
    'app=web,env notin (dev),new,!old,tier in (a,b)',
  ],
  [{ matchExpressions: [{ key: 'a', operator: 'Near' }] }, '<error>'],
])('selector %j', (selector, text) => {
  expect(formatSelector(selector)).toBe(text);
});

test('the age stands before wide columns', () => {
  const columns = columnsOf<any>(
    wide(textColumn('B', '', () => 'b')),
    textColumn('A', '', () => 'a'),
  );
  expect(columns.map(({ name }) => name)).toEqual(['Name', 'A', 'Age', 'B']);
  expect(columns.map(({ priority }) => priority ?? 0)).toEqual([0, 0, 0, 1]);
});
