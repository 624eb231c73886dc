import { resources } from '@kubets/resources';
import { ByteSlabs, type Change } from '@kubets/storage';
import { beforeEach, describe, expect, test } from 'vitest';
import { endOfPrefix, History } from './history.ts';
import { encodeValue } from './stored_entry.ts';

const resource = resources.find(({ id }) => id.resource === 'configmaps')!;
let history: History;
let revision: number;

beforeEach(() => {
  history = new History({ resource, ringCapacity: 4, writtenAs: () => undefined });
  history.load([], 1);
  revision = 1;
});

function put(name: string, data = '1'): void {
  const key = history.key('d', name);
  const object: any = { metadata: { name, namespace: 'd' }, data: { k: data } };
  const value = encodeValue(history.head, object);
  history.apply({ type: 'put', key, revision: ++revision, value } as Change);
}

function remove(name: string): void {
  history.apply({
    type: 'delete',
    key: history.key('d', name),
    revision: ++revision,
    value: new Uint8Array(),
  } as Change);
}

const state = (at: number) =>
  history
    .rangeAt(history.prefix, endOfPrefix(history.prefix), at)
    .map(({ key, revision }) => `${key.split('/').at(-1)}@${revision}`);

describe('the past', () => {
  test('is the newest state with later changes taken back', () => {
    put('b');
    put('a');
    put('b', '2');
    remove('a');
    expect(state(1)).toEqual([]);
    expect(state(2)).toEqual(['b@2']);
    expect(state(3)).toEqual(['a@3', 'b@2']);
    expect(state(4)).toEqual(['a@3', 'b@4']);
    expect(state(5)).toEqual(['b@4']);
  });

  test('is bounded', () => {
    for (let i = 0; i < 10; i++) put('a', String(i));
    expect(history.oldestRevision).toBe(revision - 4);
    expect(state(history.oldestRevision)).toEqual([`a@${revision - 4}`]);
  });
});

test('a load shares what is here already, unless its revision was given again', () => {
  put('a');
  const stored = history.get(history.key('d', 'a'))!;
  const entry = (data: string) => {
    const object: any = { metadata: { name: 'a', namespace: 'd' }, data: { k: data } };
    const value = encodeValue(history.head, object);
    return { key: stored.key, modRevision: stored.revision, createRevision: stored.revision, value };
  };
  expect(history.read(entry('1'), new ByteSlabs())).toBe(stored);
  expect(history.read(entry('2'), new ByteSlabs())!.object).toMatchObject({ data: { k: '2' } });
});

describe('watchers', () => {
  const options = { keyPrefix: '/registry/configmaps/', bookmarks: false, maxPending: 3 };

  test('of a server that knew more are not sent back by bookmarks', () => {
    put('a');
    const ahead = history.watch({ ...options, bookmarks: true, after: 9 }, 9);
    const here = history.watch({ ...options, bookmarks: true, after: 2 }, 2);
    for (const at of [2, 8, 9]) history.bookmark({ type: 'BOOKMARK', object: { at } }, at);
    expect(here.take()).toHaveLength(3);
    expect(ahead.take()).toMatchObject([{ object: { at: 9 } }]);
  });

  test('are not told again of what a load has read already', () => {
    const key = history.key('d', 'a');
    const value = encodeValue(history.head, { metadata: { name: 'a', namespace: 'd' } } as any);
    const stored = history.readValue(key, 7, value)!;
    history.load([stored], 8);
    const watcher = history.watch(options, 8);
    for (const revision of [5, 7]) history.apply({ type: 'put', key, revision, value } as Change);
    history.apply({ type: 'delete', key, revision: 8, value: new Uint8Array() } as Change);
    expect(history.get(key)).toBe(stored);
    expect(watcher.take()).toBeUndefined();
  });

  test('a slow one is ended before it holds large objects without end', () => {
    const watcher = history.watch({ ...options, maxPending: 1_000 }, revision);
    const json = new Uint8Array(30 * 1024 * 1024);
    const event: any = { type: 'MODIFIED', stored: { json } };
    for (let i = 0; i < 3; i++) watcher.push(event);
    expect(watcher.ended).toBe(true);
    expect(watcher.take()).toHaveLength(2);
  });

  test('a slow one is ended instead of growing', async () => {
    const watcher = history.watch(options, revision);
    for (let i = 0; i < 5; i++) put('a', String(i));
    expect(watcher.ended).toBe(true);
    expect(await watcher.next()).toHaveLength(3);
    expect(await watcher.next()).toBeUndefined();
  });

  test('missed changes come first', async () => {
    put('a');
    put('b');
    const watcher = history.watch(options, 2);
    put('c');
    expect((await watcher.next())!.map(({ type, stored }) => `${type} ${stored!.revision}`)).toEqual([
      'ADDED 3',
      'ADDED 4',
    ]);
  });

  test('all end when the history starts anew', async () => {
    const watcher = history.watch(options, revision);
    history.load([], 50);
    expect(await watcher.next()).toBeUndefined();
    expect(history.oldestRevision).toBe(50);
  });
});

test('changes that come while the first list is under way are applied after it', () => {
  const loading = new History({ resource, ringCapacity: 4, writtenAs: () => undefined });
  const value = encodeValue(loading.head, { metadata: { name: 'a', namespace: 'd' } } as any);
  const change = (name: string, at: number) =>
    ({ type: 'put', key: loading.key('d', name), revision: at, value }) as Change;
  loading.apply(change('old', 3));
  loading.apply(change('new', 7));
  const listed = { key: loading.key('d', 'old'), value, createRevision: 3, modRevision: 3 };
  loading.load([loading.read(listed, new ByteSlabs())!], 5);
  expect(loading.range(loading.prefix, endOfPrefix(loading.prefix)).map((each) => each.revision)).toEqual([
    7, 3,
  ]);
});

test('lists of objects are the same array until something changes', () => {
  put('a');
  const before = history.objects('d');
  expect(history.objects('d')).toBe(before);
  put('b');
  expect(history.objects('d')).not.toBe(before);
});

test('objects are found by a field, as it is now', () => {
  put('a');
  const named = (name: string, namespace = 'd') =>
    history.objectsWith('metadata.name', name, namespace).map((each) => each.metadata.resourceVersion);
  expect(named('a')).toEqual(['2']);
  put('a', '2');
  put('b');
  expect([named('a'), named('b'), named('b', 'other')]).toEqual([['3'], ['4'], []]);
  remove('a');
  expect(named('a')).toEqual([]);
  history.load([], 9);
  expect(named('b')).toEqual([]);
});
