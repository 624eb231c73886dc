import { expect, test } from 'vitest';
import { type GroupVersion, perVersion, RouteTable } from './route_table.ts';

const version = (group: string, name = 'v1'): GroupVersion => ({
  group,
  version: name,
  resources: new Map(),
});

test('versions come, change and go, and the generation tells', () => {
  const table = new RouteTable();
  table.set([version('a')]);
  const before = table.generation;
  table.put(version('b'));
  expect([...table.versions()].map(({ group }) => group)).toEqual(['a', 'b']);
  expect(table.hasGroup('b')).toBe(true);
  expect(table.generation).toBe(before + 1);
  table.remove('b', 'v2');
  expect(table.generation).toBe(before + 1);
  table.remove('b', 'v1');
  expect([table.hasGroup('b'), table.generation]).toEqual([false, before + 2]);
});

test('what is derived from a version is made once for each that is put', () => {
  const made: string[] = [];
  const derived = perVersion(({ group }) => made.push(group));
  const [a, b] = [version('a'), version('b')];
  for (const each of [a, b, a, b]) derived(each);
  derived(version('b'));
  expect(made).toEqual(['a', 'b', 'b']);
});
