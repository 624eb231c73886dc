import { expect, test } from 'vitest';
import { DynamicTable } from './dynamic_table.ts';

/** 34 bytes each. */
const field = (name: string) => ({ name, value: 'v' });
const names = (table: DynamicTable) =>
  Array.from({ length: table.length }, (_, index) => table.get(index)!.name).join('');

test('the newest comes first, and the oldest goes for want of room', () => {
  const table = new DynamicTable(3 * 34);
  for (const name of 'abcde') table.add(field(name));
  expect(names(table)).toBe('edc');
  expect(table.size).toBe(3 * 34);
  expect(table.get(3)).toBeUndefined();
  expect(table.added).toBe(5);
});

test('a smaller size evicts, a larger one brings nothing back', () => {
  const table = new DynamicTable(200);
  for (const name of 'abcd') table.add(field(name));
  table.resize(70);
  expect(names(table)).toBe('dc');
  table.resize(200);
  expect(names(table)).toBe('dc');
});

test('a field that is larger than the table empties it', () => {
  const table = new DynamicTable(40);
  table.add(field('a'));
  table.add({ name: 'x'.repeat(20), value: '' });
  expect(table.length).toBe(0);
  expect(table.size).toBe(0);
});

test('many small fields', () => {
  const table = new DynamicTable(4_096);
  for (let i = 0; i < 1_000; i++) table.add({ name: String(i), value: '' });
  expect(table.get(0)!.name).toBe('999');
  expect(table.length).toBe(Math.floor(4_096 / 35));
  expect(table.get(table.length - 1)!.name).toBe(String(1_000 - table.length));
});
