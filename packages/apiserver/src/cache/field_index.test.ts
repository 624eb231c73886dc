import { expect, test } from 'vitest';
import { FieldIndex } from './field_index.ts';

test('keys follow the value of their field', () => {
  const index = new FieldIndex();
  index.set('a', 'node-1');
  index.set('b', 'node-1');
  index.set('b', 'node-2');
  index.set('b', 'node-2');
  expect([...index.keysOf('node-1')]).toEqual(['a']);
  expect([...index.keysOf('node-2')]).toEqual(['b']);
  index.delete('b');
  index.delete('b');
  expect([...index.keysOf('node-2')]).toEqual([]);
});
