import { describe, expect, test } from 'vitest';
import { CompactedError } from '../store.ts';
import { bytes, decode, pods, type StoreContext, text } from './context.ts';

export function restarts(context: StoreContext): void {
  describe('restart', () => {
    test('keeps entries, history, revision and compaction', async ({ skip }) => {
      if (!context.durable) return skip();
      await context.put('/registry/pods/compacted', '0');
      const kept = await context.put('/registry/pods/a', '1');
      const updated = await context.put('/registry/pods/a', '2');
      await context.put('/registry/pods/b', '1');
      const deleted = await context.remove('/registry/pods/b');
      await context.store.compact(kept);
      await context.reopen();

      expect(await context.store.revision()).toBe(deleted);
      expect(text(await context.store.get('/registry/pods/a'))).toMatchObject({
        value: '2',
        createRevision: kept,
        modRevision: updated,
      });
      expect(text(await context.store.get('/registry/pods/a', kept))).toMatchObject({ value: '1' });
      expect(text(await context.store.get('/registry/pods/b', deleted - 1))).toMatchObject({ value: '1' });
      expect(await context.store.get('/registry/pods/b')).toBeUndefined();
      await expect(context.store.get('/registry/pods/a', kept - 1)).rejects.toBeInstanceOf(CompactedError);
      const changes = await context.changesUntil(pods, kept, deleted);
      expect(changes.map((change) => [change.type, change.revision, change.previous?.modRevision])).toEqual([
        ['put', updated, kept],
        ['put', updated + 1, undefined],
        ['delete', deleted, updated + 1],
      ]);
      expect(await context.put('/registry/pods/c', '1')).toBe(deleted + 1);
    });

    test('keeps every commit that was acknowledged', async ({ skip }) => {
      if (!context.durable) return skip();
      await Promise.all(
        Array.from({ length: 500 }, (_, i) =>
          context.store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value: bytes(String(i)) }),
        ),
      );
      await context.reopen();
      const page = await context.store.list(pods);
      expect(page.entries).toHaveLength(500);
      for (const entry of page.entries) expect(decode(entry.value)).toBe(entry.key.slice(15));
    });

    test('keeps a long history, to be watched from any place in it', async ({ skip }) => {
      if (!context.durable) return skip();
      const count = 3_000;
      await Promise.all(
        Array.from({ length: count }, (_, i) =>
          context.store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value: bytes(String(i)) }),
        ),
      );
      await context.reopen();
      const last = context.start + count;
      for (const after of [context.start, context.start + 1_234, last - 1]) {
        const changes = await context.changesUntil(pods, after, last);
        expect(changes.map((change) => change.revision)).toEqual(
          Array.from({ length: last - after }, (_, i) => after + 1 + i),
        );
      }
    });
  });
}
