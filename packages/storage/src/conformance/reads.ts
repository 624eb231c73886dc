import { describe, expect, test } from 'vitest';
import { FutureRevisionError } from '../store.ts';
import { decode, pods, type StoreContext, text } from './context.ts';

export function reads(context: StoreContext): void {
  describe('reads', () => {
    test('at an old revision see what was there', async () => {
      const first = await context.put('/registry/pods/a', '1');
      const second = await context.put('/registry/pods/a', '2');
      const deleted = await context.remove('/registry/pods/a');
      await context.put('/registry/pods/a', '3');
      expect(await context.store.get('/registry/pods/a', context.start)).toBeUndefined();
      expect(text(await context.store.get('/registry/pods/a', first))).toMatchObject({
        value: '1',
        modRevision: first,
      });
      expect(text(await context.store.get('/registry/pods/a', second))).toMatchObject({
        value: '2',
        createRevision: first,
      });
      expect(await context.store.get('/registry/pods/a', deleted)).toBeUndefined();
    });

    test('of a revision that has not been yet fail', async () => {
      await expect(context.store.get('/registry/pods/a', context.start + 1)).rejects.toBeInstanceOf(
        FutureRevisionError,
      );
      await expect(context.store.list(pods, { at: context.start + 1 })).rejects.toBeInstanceOf(
        FutureRevisionError,
      );
    });

    test('list a range in key order and nothing beside it', async () => {
      for (const key of ['pods/b', 'pods/a', 'pods/b/c', 'podsecurity/x', 'nodes/n']) {
        await context.put(`/registry/${key}`, key);
      }
      const page = await context.store.list(pods);
      expect(page.entries.map((entry) => entry.key)).toEqual([
        '/registry/pods/a',
        '/registry/pods/b',
        '/registry/pods/b/c',
      ]);
      expect(page.entries.map((entry) => decode(entry.value))).toEqual(['pods/a', 'pods/b', 'pods/b/c']);
      expect(page).toMatchObject({ revision: context.start + 5, remaining: 0 });
    });

    test('of an empty range give an empty page', async () => {
      expect(await context.store.list(pods)).toEqual({ entries: [], revision: context.start, remaining: 0 });
    });

    test('page through one revision while the store changes', async () => {
      for (let i = 0; i < 10; i++) await context.put(`/registry/pods/${i}`, 'old');
      const first = await context.store.list(pods, { limit: 4 });
      expect(first.entries).toHaveLength(4);
      expect(first.remaining).toBe(6);

      await context.put('/registry/pods/4', 'new');
      await context.remove('/registry/pods/5');
      await context.put('/registry/pods/55', 'new');
      const rest = { start: first.entries[3]!.key + '\0', end: pods.end };
      const second = await context.store.list(rest, { limit: 4, at: first.revision });
      expect(second.entries.map((entry) => [entry.key, decode(entry.value)])).toEqual(
        [4, 5, 6, 7].map((i) => [`/registry/pods/${i}`, 'old']),
      );
      expect(second).toMatchObject({ revision: first.revision, remaining: 2 });

      const now = await context.store.list(pods);
      expect(now.entries.map((entry) => entry.key.slice(15))).toEqual([
        '0',
        '1',
        '2',
        '3',
        '4',
        '55',
        '6',
        '7',
        '8',
        '9',
      ]);
    });
  });
}
