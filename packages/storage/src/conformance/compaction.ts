import { describe, expect, test } from 'vitest';
import { CompactedError, FutureRevisionError } from '../store.ts';
import { pods, type StoreContext, text } from './context.ts';

export function compaction(context: StoreContext): void {
  describe('compact', () => {
    test('forgets old revisions and keeps the newest entries', async () => {
      const first = await context.put('/registry/pods/a', '1');
      await context.put('/registry/pods/gone', '1');
      await context.remove('/registry/pods/gone');
      const second = await context.put('/registry/pods/a', '2');
      const last = await context.put('/registry/pods/b', '1');
      await context.store.compact(second);

      await expect(context.store.get('/registry/pods/a', first)).rejects.toMatchObject({
        name: 'CompactedError',
        compactedRevision: second,
      });
      await expect(context.store.list(pods, { at: first })).rejects.toBeInstanceOf(CompactedError);
      expect(text(await context.store.get('/registry/pods/a', second))).toMatchObject({ value: '2' });
      expect((await context.store.list(pods, { at: second })).entries.map((entry) => entry.key)).toEqual([
        '/registry/pods/a',
      ]);
      expect(await context.store.get('/registry/pods/gone', last)).toBeUndefined();
      expect((await context.store.list(pods)).entries).toHaveLength(2);
    });

    test('an entry that nobody has written since stays readable', async () => {
      await context.put('/registry/pods/a', '1');
      for (let i = 0; i < 5; i++) await context.put('/registry/pods/b', String(i));
      await context.store.compact(await context.store.revision());
      expect(text(await context.store.get('/registry/pods/a'))).toMatchObject({ value: '1' });
    });

    test('fails watches that begin before it', async () => {
      for (let i = 0; i < 5; i++) await context.put('/registry/pods/a', String(i));
      const last = await context.store.revision();
      await context.store.compact(last - 1);
      await expect(context.changesUntil(pods, context.start, last)).rejects.toBeInstanceOf(CompactedError);
      const kept = await context.changesUntil(pods, last - 2, last);
      expect(kept.map((change) => change.revision)).toEqual([last - 1, last]);
    });

    test('fails a watch that has fallen behind it', async () => {
      const watch = context.store.watch(pods, context.start, context.stop.signal)[Symbol.asyncIterator]();
      const first = watch.next();
      await context.put('/registry/pods/a', '0');
      await first;
      for (let i = 1; i < 2_500; i += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, j) => context.put(`/registry/pods/${i + j}`, 'x')));
      }
      await context.store.compact(await context.store.revision());
      // What was on its way already may still come.
      const rest = async () => {
        while (!(await watch.next()).done);
      };
      await expect(rest()).rejects.toBeInstanceOf(CompactedError);
    });

    test('of a revision that is compacted already does nothing; of a future one fails', async () => {
      await context.put('/registry/pods/a', '1');
      const last = await context.put('/registry/pods/a', '2');
      await context.store.compact(last);
      await context.store.compact(context.start);
      expect(text(await context.store.get('/registry/pods/a', last))).toMatchObject({ value: '2' });
      await expect(context.store.compact(last + 1)).rejects.toBeInstanceOf(FutureRevisionError);
    });
  });
}
