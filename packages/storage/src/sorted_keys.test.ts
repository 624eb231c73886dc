import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { SortedKeys } from './sorted_keys.ts';

describe('SortedKeys', () => {
  test('stays equal to a sorted array through random changes', () => {
    const random = seededRandom(7);
    const keys = new SortedKeys();
    const model = new Set<string>();
    const draw = (below: number) => Math.floor(random.next() * below);
    for (let i = 0; i < 20_000; i++) {
      const key = `/registry/${draw(3_000)}`;
      if (random.next() < 0.6) {
        keys.add(key);
        model.add(key);
      } else if (keys.delete(key) !== model.delete(key)) throw new Error(`deleting ${key} said otherwise`);
    }
    const sorted = [...model].sort();
    expect(keys.size).toBe(model.size);
    for (let i = 0; i < 200; i++) {
      const [start, end] = [`/registry/${draw(3_000)}`, `/registry/${draw(3_000)}`];
      const within = sorted.filter((key) => key >= start && key < end);
      expect([...keys.range({ start, end })]).toEqual(within);
      expect(keys.count({ start, end })).toBe(within.length);
    }
  });

  test('filled at once is as if each key had been added', () => {
    const keys = new SortedKeys();
    const sorted = Array.from({ length: 5_000 }, (_, i) => `k${i}`).sort();
    keys.fill(sorted);
    keys.add('k77x');
    keys.delete('k5');
    const expected = [...sorted.filter((key) => key !== 'k5'), 'k77x'].sort();
    expect([...keys.range({ start: 'k', end: 'l' })]).toEqual(expected);
    expect(keys.size).toBe(5_000);
    const within = expected.filter((key) => key >= 'k1' && key < 'k2');
    expect(keys.count({ start: 'k1', end: 'k2' })).toBe(within.length);
  });

  test('takes keys in order and gives them back', () => {
    const keys = new SortedKeys();
    for (let i = 0; i < 5_000; i++) keys.add(String(i).padStart(5, '0'));
    expect(keys.count({ start: '00100', end: '04100' })).toBe(4_000);
    let deleted = 0;
    for (let i = 0; i < 5_000; i++) if (keys.delete(String(i).padStart(5, '0'))) deleted++;
    expect(deleted).toBe(5_000);
    expect(keys.size).toBe(0);
    expect([...keys.range({ start: '0', end: '9' })]).toEqual([]);
  });
});
