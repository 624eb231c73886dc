import { expect, test } from 'vitest';
import { tellableWarnings } from './warnings.ts';

test.each<[string[], string[]]>([
  [
    ['a', 'b', 'a', ''],
    ['a', 'b'],
  ],
  [['two\nlines', 'ü'], ['ü']],
  [['x'.repeat(4000)], ['x'.repeat(4000)]],
  [
    ['x'.repeat(4000), 'y'.repeat(400), 'z'],
    ['x'.repeat(256), 'y'.repeat(256), 'z'],
  ],
])('%#', (given, told) => {
  expect(tellableWarnings(given)).toEqual(told);
});

test('no more than fit', () => {
  const texts = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(300));
  expect(tellableWarnings(texts)).toHaveLength(16);
});
