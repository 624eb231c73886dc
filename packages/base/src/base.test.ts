import { describe, expect, test } from 'vitest';
import { aborted, type Component, runComponents } from './component.ts';
import { nameSuffix, seededRandom, systemRandom } from './random.ts';

describe('seededRandom', () => {
  test('one seed, one sequence; another seed, another', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return [random.next(), random.uuid(), nameSuffix(random), ...random.bytes(4)];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('is uniform enough, and within [0, 1)', () => {
    const random = seededRandom(1);
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      buckets[Math.floor(value * 10)]!++;
    }
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test.each([seededRandom(3), systemRandom])('makes version 4 UUIDs and names without vowels', (random) => {
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(nameSuffix(random, 10)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
  });
});

describe('runComponents', () => {
  const waiting = (name: string, ended: string[]): Component => ({
    name,
    async run(signal) {
      await aborted(signal);
      ended.push(name);
    },
  });

  test('ends all when told to', async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const running = runComponents([waiting('a', ended), waiting('b', ended)], stop.signal);
    stop.abort();
    await running;
    expect(ended.sort()).toEqual(['a', 'b']);
  });

  test('one failure ends the others and is what comes out', async () => {
    const ended: string[] = [];
    const failing: Component = { name: 'f', run: () => Promise.reject(new Error('broken')) };
    await expect(runComponents([waiting('a', ended), failing], new AbortController().signal)).rejects.toThrow(
      'broken',
    );
    expect(ended).toEqual(['a']);
  });

  test('a component that ends by itself is a failure', async () => {
    const done: Component = { name: 'd', run: async () => {} };
    await expect(runComponents([done], new AbortController().signal)).rejects.toThrow(
      'component d ended by itself',
    );
  });
});
