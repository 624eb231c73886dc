import { describe, expect, test } from 'vitest';
import { type Change, CompactedError, FutureRevisionError } from '../store.ts';
import { decode, pods, type StoreContext, text } from './context.ts';

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

    test('lets no watch that has fallen behind it skip anything', async () => {
      const watch = context.store.watch(pods, context.start, context.stop.signal)[Symbol.asyncIterator]();
      const first = watch.next();
      await context.put('/registry/pods/a', '0');
      const revisions = (await first).value.changes.map((change: Change) => change.revision);
      for (let i = 1; i < 2_500; i += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, j) => context.put(`/registry/pods/${i + j}`, 'x')));
      }
      const last = await context.store.revision();
      await context.store.compact(last);
      // What was on its way already may still come, even all of it; then the watch has not fallen behind.
      const rest = async () => {
        while (revisions.at(-1) !== last) {
          const { value } = await watch.next();
          revisions.push(...value.changes.map((change: Change) => change.revision));
        }
      };
      await rest().catch((error) => expect(error).toBeInstanceOf(CompactedError));
      expect(revisions).toEqual(revisions.map((_: number, i: number) => context.start + 1 + i));
    });

    test('takes nothing from reads and watches of what stays', async () => {
      for (let i = 0; i < 20; i++) await context.put(`/registry/pods/${i % 4}`, String(i));
      const middle = context.start + 10;
      const watching = context.changesUntil(pods, middle, context.start + 40);
      for (let i = 20; i < 40; i++) {
        await context.put(`/registry/pods/${i % 4}`, String(i));
        if (i === 30) await context.store.compact(middle);
      }
      const page = await context.store.list(pods, { at: middle });
      expect(page.entries.map((entry) => decode(entry.value))).toEqual(['8', '9', '6', '7']);
      const changes = await watching;
      expect(changes.map((change) => decode(change.value))).toEqual(
        Array.from({ length: 30 }, (_, i) => String(10 + i)),
      );
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
