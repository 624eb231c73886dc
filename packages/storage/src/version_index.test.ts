import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { CompactedError, FutureRevisionError } from './store.ts';
import { type Version, VersionIndex } from './version_index.ts';

/** What there was at each revision: keys and the revisions that wrote them. */
type Snapshot = ReadonlyMap<string, number>;

test.each([1, 2, 3])('VersionIndex answers for every kept revision as snapshots would (seed %i)', (seed) => {
  const random = seededRandom(seed);
  const draw = (below: number) => Math.floor(random.next() * below);
  const index = new VersionIndex<Version>({ revision: 1, compacted: 1 });
  const snapshots = new Map<number, Snapshot>([[1, new Map()]]);
  const kept = new Set<number>();

  for (let step = 0; step < 2_000; step++) {
    const key = `/registry/pods/${draw(40)}`;
    const now = new Map(snapshots.get(index.revision)!);
    const revision = index.revision + 1;
    const current = index.current(key);
    const remove = current !== undefined && random.next() < 0.4;
    const createRevision = remove ? 0 : (current?.createRevision ?? revision);
    index.add({ key, revision, createRevision, previous: undefined });
    kept.add(revision);
    if (remove) now.delete(key);
    else now.set(key, revision);
    snapshots.set(revision, now);
    if (random.next() < 0.01) compact(index.compacted + draw(index.revision - index.compacted + 1));
    if (step % 10 === 0) check(index.compacted + draw(index.revision - index.compacted + 1));
  }

  function compact(before: number): void {
    for (const revision of index.compact(before)) expect(kept.delete(revision)).toBe(true);
    // What is left: the newest of each key at `before`, and all that came after.
    const needed = new Set(snapshots.get(before)!.values());
    for (let revision = before; revision <= index.revision; revision++) needed.add(revision);
    expect([...kept].filter((revision) => !needed.has(revision))).toEqual([]);
  }

  function check(at: number): void {
    const there = [...snapshots.get(at)!].sort(([a], [b]) => (a < b ? -1 : 1));
    const [start, end] = [`/registry/pods/${draw(40)}`, `/registry/pods/${draw(40)}`].sort();
    const within = there.filter(([key]) => key >= start! && key < end!);
    const limit = 1 + draw(20);
    const { versions, remaining } = index.list({ start: start!, end: end! }, { at, limit });
    expect(versions.map(({ key, revision }) => [key, revision])).toEqual(within.slice(0, limit));
    expect(remaining).toBe(Math.max(0, within.length - limit));
    for (const [key, revision] of there) expect(index.get(key, at)?.revision).toBe(revision);
    // The rest, page by page, as readers of large lists do.
    let page = versions;
    for (let read = limit; read < within.length; read += limit) {
      const next = index.list({ start: `${page.at(-1)!.key}\0`, end: end! }, { at, limit });
      page = next.versions;
      expect(page.map(({ key, revision }) => [key, revision])).toEqual(within.slice(read, read + limit));
      expect(next.remaining).toBe(Math.max(0, within.length - read - limit));
    }
  }
});

describe('VersionIndex', () => {
  test('counts what remains of a list from page to page while keys come and go', () => {
    const index = new VersionIndex<Version>({ revision: 1, compacted: 1 });
    const put = (key: string, createRevision?: number) => {
      const revision = index.revision + 1;
      index.add({ key, revision, createRevision: createRevision ?? revision, previous: undefined });
    };
    for (let i = 0; i < 9; i++) put(`/a/${i}`);
    const at = index.revision;
    const first = index.list({ start: '/a/', end: '/a0' }, { limit: 4 });
    expect(first.remaining).toBe(5);
    put('/a/5', 0);
    put('/a/6x');
    put('/b/1');
    const second = index.list({ start: '/a/3\0', end: '/a0' }, { limit: 4, at });
    expect(second.versions.map(({ key }) => key)).toEqual(['/a/4', '/a/5', '/a/6', '/a/7']);
    expect(second.remaining).toBe(1);
    const third = index.list({ start: '/a/7\0', end: '/a0' }, { limit: 4, at });
    expect(third).toMatchObject({ versions: [{ key: '/a/8' }], remaining: 0 });
  });

  test('loaded at once is as if each version had been added', () => {
    const versions = (): Version[] => [
      { key: 'b', revision: 2, createRevision: 2, previous: undefined },
      { key: 'a', revision: 3, createRevision: 3, previous: undefined },
      { key: 'b', revision: 4, createRevision: 0, previous: undefined },
      { key: 'c', revision: 5, createRevision: 5, previous: undefined },
      { key: 'a', revision: 6, createRevision: 3, previous: undefined },
    ];
    const added = new VersionIndex<Version>({ revision: 1, compacted: 1 });
    for (const version of versions()) added.add(version);
    const loaded = new VersionIndex<Version>({ revision: 1, compacted: 1 });
    loaded.load(versions());
    for (const at of [2, 3, 4, 5, 6]) {
      const range = { start: 'a', end: 'z' };
      expect(loaded.list(range, { at })).toEqual(added.list(range, { at }));
    }
    expect(loaded.revision).toBe(6);
    expect(loaded.compact(6)).toEqual(added.compact(6));
    expect(loaded.get('b')).toBeUndefined();
  });

  test('refuses revisions that are not kept', () => {
    const index = new VersionIndex<Version>({ revision: 1, compacted: 1 });
    index.add({ key: 'a', revision: 2, createRevision: 2, previous: undefined });
    index.add({ key: 'a', revision: 3, createRevision: 2, previous: undefined });
    expect(index.compact(3)).toEqual([2]);
    expect(() => index.get('a', 2)).toThrow(CompactedError);
    expect(() => index.get('a', 4)).toThrow(FutureRevisionError);
    expect(() => index.compact(4)).toThrow(FutureRevisionError);
  });

  test('keeps a deletion at the compacted revision, for watches that begin there', () => {
    const index = new VersionIndex<Version>({ revision: 1, compacted: 1 });
    index.add({ key: 'a', revision: 2, createRevision: 2, previous: undefined });
    index.add({ key: 'a', revision: 3, createRevision: 0, previous: undefined });
    index.add({ key: 'b', revision: 4, createRevision: 4, previous: undefined });
    expect(index.compact(3)).toEqual([2]);
    expect(index.compact(4)).toEqual([3]);
  });
});
