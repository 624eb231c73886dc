import type { HistoryItem } from '@kubets/apiserver/archive/history_endpoint.ts';
import { describe, expect, test } from 'vitest';
import { objectAt, unchangedSince } from './history.ts';

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

describe('changes without a time', () => {
  const now = Date.parse('2030-01-01T01:00:00Z');
  const untracked = {
    ...item(10, undefined, 'first'),
    object: { metadata: { name: 'first', creationTimestamp: '2030-01-01T00:00:00Z' } } as any,
  };

  test('are not before their object was made', () => {
    expect(objectAt([untracked], '0s', now).metadata.name).toBe('first');
    expect(() => objectAt([untracked], '2h', now)).toThrow('begins later');
  });

  test('do not hide what comes after', () => {
    const items = [item(10, undefined), item(20, '2030-01-01T00:30:00Z', 'again')];
    expect(objectAt(items, '1m', now).metadata.name).toBe('again');
    expect(() => objectAt(items, '45m', now)).toThrow('begins later');
  });
});

test('an object without kept changes was the same for as long as it tells', () => {
  const now = Date.parse('2030-01-01T01:00:00Z');
  const metadata = {
    name: 'old',
    resourceVersion: '500',
    creationTimestamp: '2029-01-01T00:00:00Z',
    managedFields: [{ manager: 'a', time: '2029-06-01T00:00:00Z' }],
  };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata } as any;
  for (const at of ['10m', '500', '9000', '2029-06-01T00:00:00Z']) {
    expect(unchangedSince(object, at, now)).toBe(object);
  }
  for (const at of ['499', '2029-05-31T00:00:00Z']) {
    expect(() => unchangedSince(object, at, now)).toThrow('begins later');
  }
});
