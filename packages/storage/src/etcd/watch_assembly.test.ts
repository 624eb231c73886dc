import { describe, expect, test } from 'vitest';
import { keyPrefix } from './key_prefix.ts';
import { eventOf } from './testing/fake_etcd.ts';
import { WatchAssembly } from './watch_assembly.ts';

const assembly = (after: number) => new WatchAssembly(after, keyPrefix('/registry').fromEtcd);
const put = (key: string, revision: number) =>
  eventOf({ type: 'put', key, revision, createRevision: revision, value: new Uint8Array([revision]) });
const keys = (result: ReturnType<WatchAssembly['accept']>) =>
  result.type === 'batch'
    ? [result.batch.revision, ...result.batch.changes.map(({ key, revision }) => `${key}@${revision}`)]
    : result;

describe('the answers of an etcd watch', () => {
  test('give all changes of a revision at once, though they come in pieces', () => {
    const watch = assembly(4);
    expect(watch.accept({ fragment: true, events: [put('/registry/a', 5)] })).toEqual({ type: 'nothing' });
    expect(watch.accept({ fragment: true, events: [put('/registry/b', 5)] })).toEqual({ type: 'nothing' });
    expect(watch.revision).toBe(4);
    expect(keys(watch.accept({ events: [put('/registry/c', 5), put('/registry/a', 6)] }))).toEqual([
      6,
      '/registry/a@5',
      '/registry/b@5',
      '/registry/c@5',
      '/registry/a@6',
    ]);
  });

  test('of a stream that broke off in the middle of a revision are forgotten', () => {
    const watch = assembly(4);
    watch.accept({ fragment: true, events: [put('/registry/a', 5)] });
    watch.restart();
    expect(keys(watch.accept({ events: [put('/registry/a', 5), put('/registry/b', 5)] }))).toEqual([
      5,
      '/registry/a@5',
      '/registry/b@5',
    ]);
  });

  test('are not told twice (etcd #15271, #17247, #20221)', () => {
    const watch = assembly(4);
    watch.accept({ events: [put('/registry/a', 5), put('/registry/a', 6)] });
    expect(watch.accept({ events: [put('/registry/a', 3), put('/registry/a', 6)] })).toEqual({
      type: 'nothing',
    });
    expect(keys(watch.accept({ events: [put('/registry/a', 6), put('/registry/a', 7)] }))).toEqual([
      7,
      '/registry/a@7',
    ]);
    expect(keys(watch.accept({ events: [put('/registry/a', 8), put('/registry/a', 8)] }))).toEqual([
      8,
      '/registry/a@8',
    ]);
  });

  test('show what is missing or out of order (etcd #17529, #18089, #19179)', () => {
    for (const revisions of [[6], [5, 7], [6, 5], [5, 6, 5]]) {
      const watch = assembly(4);
      const events = revisions.map((revision) => put('/registry/a', revision));
      expect(watch.accept({ events }).type).toBe('gap');
      // Nothing of such an answer counts.
      expect(watch.revision).toBe(4);
    }
  });

  test('report no progress but by events (etcd #15220)', () => {
    const watch = assembly(4);
    expect(watch.accept({ header: { revision: 9 }, events: [] })).toEqual({ type: 'nothing' });
    expect(watch.accept({ header: { revision: 9 }, created: true })).toEqual({ type: 'nothing' });
    expect(watch.revision).toBe(4);
    expect(keys(watch.accept({ header: { revision: 9 }, events: [put('/registry/a', 5)] }))).toEqual([
      5,
      '/registry/a@5',
    ]);
  });

  test('count the revisions of keys that are none of ours', () => {
    const watch = assembly(4);
    expect(
      keys(watch.accept({ events: [put('/other', 5), put('/registry/a', 6), put('/registryx', 7)] })),
    ).toEqual([7, '/registry/a@6']);
  });

  test('tell of compaction and of an end', () => {
    expect(assembly(4).accept({ canceled: true, compactRevision: 9 })).toEqual({
      type: 'compacted',
      revision: 9,
    });
    expect(assembly(4).accept({ canceled: true, cancelReason: 'etcdserver: no leader' })).toEqual({
      type: 'canceled',
      reason: 'etcdserver: no leader',
    });
  });
});

test('keys have the prefix that etcd is given', () => {
  const { toEtcd, fromEtcd, rangeToEtcd } = keyPrefix('other/place/');
  expect(toEtcd('/registry/pods/a')).toBe('/other/place/pods/a');
  expect(rangeToEtcd({ start: '/registry/', end: '/registry0' })).toEqual({
    start: '/other/place/',
    end: '/other/place0',
  });
  expect(fromEtcd(Buffer.from('/other/place/pods/a'))).toBe('/registry/pods/a');
  expect(fromEtcd(Buffer.from('/other/placement/a'))).toBeUndefined();
  expect(fromEtcd(Buffer.from('/registry/pods/a'))).toBeUndefined();
});
