import { seededRandom } from '@kubets/base';
import { expect, test } from 'vitest';
import { PriorityHeap } from './priority_heap.ts';

test.each([1, 2, 3])('gives items in order, whatever was added and removed before (seed %i)', (seed) => {
  const random = seededRandom(seed);
  const heap = new PriorityHeap<{ key: string; rank: number }>({
    keyOf: (item) => item.key,
    before: (a, b) => a.rank < b.rank,
  });
  const model = new Map<string, number>();
  for (let i = 0; i < 2000; i++) {
    const key = String(Math.floor(random.next() * 100));
    if (random.next() < 0.6) {
      const rank = random.next();
      heap.push({ key, rank });
      model.set(key, rank);
    } else {
      expect(heap.remove(key)?.rank).toBe(model.get(key));
      model.delete(key);
    }
    expect(heap.length).toBe(model.size);
    expect(heap.peek()?.rank).toBe(model.size ? Math.min(...model.values()) : undefined);
  }
  const ranks: number[] = [];
  for (let item = heap.pop(); item; item = heap.pop()) ranks.push(item.rank);
  expect(ranks).toEqual([...model.values()].sort((a, b) => a - b));
});
