import { expect, test } from 'vitest';
import type { Entry } from './render_rules.ts';
import { TableState } from './table_state.ts';

const element = (key: string, value = ''): Entry => ({ family: 'IPv4', in: 'map', key, value });
const chain = (key: string, value: string): Entry => ({ family: 'IPv4', in: 'chain', key, value });
const start = () => new TableState('t', 'IPv4');

test('only what changed becomes a command', () => {
  const table = start();
  table.replace('a', [], [element('1', 'x'), element('2', 'y')]);
  expect(table.commands()).toBe('add element ip t map { 1 : x, 2 : y }\n');
  table.replace('a', [element('1', 'x'), element('2', 'y')], [element('1', 'x'), element('2', 'z')]);
  expect(table.commands()).toBe('delete element ip t map { 2 }\nadd element ip t map { 2 : z }\n');
  expect(table.commands()).toBe('');
});

test('an entry stays as long as one owner claims it', () => {
  const table = start();
  table.replace('a', [], [element('1')]);
  table.replace('b', [], [element('1')]);
  expect(table.commands()).toBe('add element ip t map { 1 }\n');
  table.replace('a', [element('1')], []);
  expect(table.commands()).toBe('');
  table.replace('b', [element('1')], []);
  expect(table.commands()).toBe('delete element ip t map { 1 }\n');
});

test('of two owners that contradict each other the first by name holds, whoever came first', () => {
  const table = start();
  table.replace('b', [], [element('1', 'of b')]);
  table.commands();
  table.replace('a', [], [element('1', 'of a')]);
  expect(table.commands()).toBe('delete element ip t map { 1 }\nadd element ip t map { 1 : of a }\n');
  table.replace('a', [element('1', 'of a')], []);
  expect(table.commands()).toBe('delete element ip t map { 1 }\nadd element ip t map { 1 : of b }\n');
});

test('a chain goes one change after its last reference', () => {
  const table = start();
  table.replace('a', [], [chain('pick-1', 'dnat x'), element('1', 'goto pick-1')]);
  expect(table.commands().trim().split('\n')).toEqual([
    'add chain ip t pick-1',
    'flush chain ip t pick-1',
    'add rule ip t pick-1 dnat x',
    'add element ip t map { 1 : goto pick-1 }',
  ]);
  table.replace('a', [chain('pick-1', 'dnat x'), element('1', 'goto pick-1')], []);
  expect(table.commands()).toBe('delete element ip t map { 1 }\n');
  expect(table.commands()).toBe('flush chain ip t pick-1\ndelete chain ip t pick-1\n');
  expect(table.commands()).toBe('');
});

test('a chain that is claimed again before it goes is left alone, or gets its new rules', () => {
  const table = start();
  const rounds = [[chain('c', 'one')], [], [chain('c', 'one')], [], [chain('c', 'two')]];
  const commands = rounds.map((after, i) => {
    table.replace('a', rounds[i - 1] ?? [], after);
    return table.commands();
  });
  expect(commands.slice(1)).toEqual([
    '',
    '',
    '',
    'add chain ip t c\nflush chain ip t c\nadd rule ip t c two\n',
  ]);
});

test('a set that nobody claims forgets its elements at once', () => {
  const table = start();
  const set: Entry = { family: 'IPv4', in: 'set', key: 's', value: 'type ipv4_addr' };
  table.replace('a', [], [set]);
  expect(table.commands()).toBe('add set ip t s { type ipv4_addr; }\n');
  table.replace('a', [set], []);
  expect(table.commands()).toBe('flush set ip t s\n');
  expect(table.commands()).toBe('delete set ip t s\n');
});
