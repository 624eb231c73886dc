import { seededRandom } from '@kubets/base';
import { expect, test } from 'vitest';
import type { Stored } from '../request.ts';
import { EventRing } from './event_ring.ts';
import { SortedEntries } from './sorted_entries.ts';

test('entries stay in the order of their keys through any inserts, updates and deletes', () => {
  const random = seededRandom(3);
  const entries = new SortedEntries();
  const model = new Map<string, Stored>();
  for (let step = 0; step < 3_000; step++) {
    const key = `k${Math.floor(random.next() * 200)}`;
    if (random.next() < 0.4) {
      entries.delete(key);
      model.delete(key);
    } else {
      const stored = { key, revision: step } as Stored;
      entries.set(stored);
      model.set(key, stored);
    }
  }
  const expected = [...model.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  expect(entries.all()).toEqual(expected);
  expect(entries.size).toBe(model.size);
  expect(entries.range('k1', 'k2')).toEqual(expected.filter(({ key }) => key >= 'k1' && key < 'k2'));
  for (const [key, stored] of model) expect(entries.get(key)).toBe(stored);
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
