import { expect, test } from 'vitest';
import { ChangeEvent } from './change_event.ts';
import { encodeValue, jsonHead, storedOf } from './stored_entry.ts';
import { Watcher } from './watcher.ts';
import { WatcherIndex } from './watcher_index.ts';

const head = jsonHead('v1', 'Pod');
const pod = (node: string, revision: number) => {
  const object: any = { metadata: { name: 'p' }, spec: { nodeName: node } };
  return storedOf(head, '/registry/pods/d/p', revision, encodeValue(head, object));
};
const nodeOf = (stored: any) => stored.object.spec.nodeName;

function watcherOf(node: string | undefined): Watcher {
  return new Watcher({
    keyPrefix: '/registry/pods/',
    bookmarks: false,
    maxPending: 10,
    ...(node && {
      trigger: { field: 'spec.nodeName', value: node },
      matches: (stored) => nodeOf(stored) === node,
    }),
  });
}

test('a change reaches those whose value it has or had, and those without one', async () => {
  const asked: string[] = [];
  const index = new WatcherIndex((field, stored) => {
    asked.push(field);
    return nodeOf(stored);
  });
  const [one, two, three, all] = [watcherOf('n1'), watcherOf('n2'), watcherOf('n3'), watcherOf(undefined)];
  for (const watcher of [one, two, three, all]) index.add(watcher!);
  expect(index.size).toBe(4);
  index.dispatch(new ChangeEvent(head, 6, '/registry/pods/d/p', pod('n2', 6), pod('n1', 5)));
  three!.end();
  expect((await one!.next())!.map(({ type }) => type)).toEqual(['DELETED']);
  expect((await two!.next())!.map(({ type }) => type)).toEqual(['ADDED']);
  expect(await three!.next()).toBeUndefined();
  expect((await all!.next())!.map(({ type }) => type)).toEqual(['MODIFIED']);
  // One look at each side of the change, however many watchers there are.
  expect(asked).toHaveLength(2);
  for (const watcher of [one, two, three, all]) index.delete(watcher!);
  expect(index.size).toBe(0);
  expect([...index]).toEqual([]);
});

test('a change reaches those who watch its object, its namespace and its resource, and nobody else', async () => {
  const index = new WatcherIndex(() => '');
  const prefixes = [
    '/registry/example.com/pods/',
    '/registry/example.com/pods/d/',
    '/registry/example.com/pods/d/p',
    '/registry/example.com/pods/e/',
    '/registry/example.com/pods/d/p2',
  ];
  const watchers = prefixes.map((keyPrefix) => new Watcher({ keyPrefix, bookmarks: false, maxPending: 10 }));
  for (const watcher of watchers) index.add(watcher);
  index.dispatch(new ChangeEvent(head, 6, '/registry/example.com/pods/d/p', pod('n', 6), undefined));
  expect(watchers.map((watcher) => watcher.take()?.length ?? 0)).toEqual([1, 1, 1, 0, 0]);
  expect([...index]).toHaveLength(5);
  for (const watcher of watchers) index.delete(watcher);
  index.delete(watchers[0]!);
  expect(index.size).toBe(0);
});
