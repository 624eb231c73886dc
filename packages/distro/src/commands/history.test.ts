import type { HistoryItem } from '@kubets/apiserver/archive/history_endpoint.ts';
import { describe, expect, test } from 'vitest';
import { objectAt } from './history.ts';

const item = (revision: number, time: string | undefined, data?: string): HistoryItem => ({
  revision,
  time,
  type: data === undefined ? 'deleted' : 'updated',
  by: 'test',
  fields: [],
  group: '',
  resource: 'configmaps',
  namespace: 'default',
  name: 'a',
  ...(data === undefined ? {} : { object: { metadata: { name: data } } as any }),
});

describe('an object as it was', () => {
  const items = [
    item(10, '2030-01-01T00:00:00Z', 'first'),
    item(20, '2030-01-01T00:10:00Z', 'second'),
    item(30, undefined),
    item(40, '2030-01-01T01:00:00Z', 'again'),
  ];
  const now = Date.parse('2030-01-01T01:05:00Z');

  test.each([
    ['10', 'first'],
    ['19', 'first'],
    ['20', 'second'],
    ['40', 'again'],
    ['999', 'again'],
    ['2030-01-01T00:09:59Z', 'first'],
    ['1m', 'again'],
    ['1h', 'first'],
  ])('at %s', (at, name) => {
    expect(objectAt(items, at, now).metadata.name).toBe(name);
  });

  test.each([
    ['9', 'begins later than 9'],
    ['2h', 'begins later than 2h'],
    ['30', 'deleted at revision 30'],
    ['yesterday', '--at takes'],
  ])('is not there at %s', (at, message) => {
    expect(() => objectAt(items, at, now)).toThrow(message);
  });
});
