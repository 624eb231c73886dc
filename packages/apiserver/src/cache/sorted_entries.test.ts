import { seededRandom } from '@kubets/base';
import { expect, test } from 'vitest';
import type { Stored } from '../request.ts';
import { EventRing } from './event_ring.ts';
import { SortedEntries } from './sorted_entries.ts';

const inOrder = (entries: Iterable<Stored>) => [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));

test.for([
  ['few', 200, 0.4],
  ['many, which come and go', 20_000, 0.45],
  ['many that stay', 20_000, 0.05],
] as const)(
  'entries stay in the order of their keys through any inserts, updates and deletes: %s',
  ([, keys, deletes]) => {
    const random = seededRandom(3);
    const entries = new SortedEntries();
    const model = new Map<string, Stored>();
    const check = () => {
      const expected = inOrder(model.values());
      expect(entries.all()).toEqual(expected);
      expect(entries.size).toBe(model.size);
      for (const [start, end] of [
        ['k1', 'k2'],
        ['k', 'k'],
        ['k19', 'k190'],
        ['a', 'b'],
        ['l', 'm'],
        ['', 'l'],
        ['k9', 'k1'],
      ] as const)
        expect(entries.range(start, end)).toEqual(expected.filter(({ key }) => key >= start && key < end));
      for (const [key, stored] of model) expect(entries.get(key)).toBe(stored);
    };
    for (let step = 0; step < 12_000; step++) {
      const key = `k${Math.floor(random.next() * keys)}`;
      if (random.next() < deletes) {
        entries.delete(key);
        model.delete(key);
      } else {
        const stored = { key, revision: step } as Stored;
        entries.set(stored);
        model.set(key, stored);
      }
      if (step % 3_000 === 0) check();
    }
    check();
    for (const key of model.keys()) entries.delete(key);
    expect([entries.size, entries.all(), entries.range('a', 'z')]).toEqual([0, [], []]);
  },
);

test('keys that come in order, whole states and what is added to them', () => {
  const entries = new SortedEntries();
  const named = (count: number, prefix: string) =>
    inOrder(Array.from({ length: count }, (_, i) => ({ key: `${prefix}${i}`, revision: i }) as Stored));
  const [first, more] = [named(2_000, 'b'), named(2_000, 'a')];
  for (const each of first) entries.set(each);
  expect(entries.all()).toEqual(first);
  entries.replace(first);
  for (const each of more) entries.set(each);
  expect(entries.all()).toEqual([...more, ...first]);
  entries.replace([]);
  expect([entries.size, entries.all()]).toEqual([0, []]);
  entries.set(first[0]!);
  expect(entries.range('b', 'c')).toEqual([first[0]]);
});

test('a ring keeps the newest changes and says how far back it reaches', () => {
  const ring = new EventRing(10, 5);
  for (let revision = 6; revision <= 100; revision++) {
    ring.push({ revision } as any);
    const kept = ring.since(ring.after).map((each) => each.revision);
    expect(kept.length).toBe(Math.min(10, revision - 5));
    expect(kept.at(-1)).toBe(revision);
    expect(ring.after).toBe(kept[0]! - 1);
  }
  expect(ring.since(98).map((each) => each.revision)).toEqual([99, 100]);
  ring.reset(200);
  expect(ring.since(200)).toEqual([]);
  expect(ring.after).toBe(200);
});

test('a ring holds no more bytes than it may, but the newest change always', () => {
  const ring = new EventRing(10, 0, 100);
  const change = (revision: number, length: number) =>
    ring.push({ revision, current: { json: new Uint8Array(length) } } as any);
  const kept = () => ring.since(ring.after).map(({ revision }) => revision);
  for (let revision = 1; revision <= 5; revision++) change(revision, 30);
  expect([ring.after, kept()]).toEqual([2, [3, 4, 5]]);
  expect(ring.unshift([{ revision: 2, previous: { json: new Uint8Array(30) } } as any], 1)).toBe(false);
  change(6, 500);
  expect([ring.after, kept()]).toEqual([5, [6]]);
  for (let revision = 7; revision <= 30; revision++) change(revision, 5);
  expect([ring.after, kept().length]).toEqual([20, 10]);
});
