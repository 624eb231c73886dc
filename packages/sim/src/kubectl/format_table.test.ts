import { expect, test } from 'vitest';
import { formatTable } from './format_table.ts';

const table = {
  columnDefinitions: [{ name: 'Name' }, { name: 'Ready' }, { name: 'Node', priority: 1 }],
  rows: [{ cells: ['web-x7k2p', '1/1', 'a'] }, { cells: ['db', null, ''] }],
};

test('columns as kubectl prints them, rows by name', () => {
  expect(formatTable(table, {})).toBe('NAME        READY\ndb          <none>\nweb-x7k2p   1/1\n');
  expect(formatTable(table, { wide: true })).toBe(
    'NAME        READY    NODE\ndb          <none>\nweb-x7k2p   1/1      a\n',
  );
});

test('a column of namespaces; cells that are renamed', () => {
  const cell = (text: string) => text.replace('web-x7k2p', 'web-#1');
  expect(formatTable(table, { namespaces: ['b', 'a'], cell })).toBe(
    'NAMESPACE   NAME     READY\nb           web-#1   1/1\na           db       <none>\n',
  );
});
