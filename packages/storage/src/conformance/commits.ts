import { describe, expect, test } from 'vitest';
import { maxValueBytes, ValueTooLargeError } from '../store.ts';
import { bytes, decode, pods, type StoreContext, text } from './context.ts';

export function commits(context: StoreContext): void {
  describe('commit', () => {
    test('creates a key that is absent', async () => {
      const result = await context.store.commit({
        key: '/registry/pods/a',
        expect: 'absent',
        value: bytes('1'),
      });
      expect(result).toEqual({ ok: true, revision: context.start + 1 });
      expect(text(await context.store.get('/registry/pods/a'))).toEqual({
        key: '/registry/pods/a',
        value: '1',
        createRevision: context.start + 1,
        modRevision: context.start + 1,
      });
      expect(await context.store.revision()).toBe(context.start + 1);
    });

    test('refuses to create a key that is there, and says what is there', async () => {
      const created = await context.put('/registry/pods/a', '1');
      const result = await context.store.commit({
        key: '/registry/pods/a',
        expect: 'absent',
        value: bytes('2'),
      });
      expect(result).toMatchObject({ ok: false, revision: created });
      expect(text(!result.ok ? result.current : undefined)).toMatchObject({
        value: '1',
        modRevision: created,
      });
      expect(await context.store.revision()).toBe(created);
    });

    test('updates the revision that was read, and no other', async () => {
      const first = await context.put('/registry/pods/a', '1');
      const second = await context.put('/registry/pods/a', '2');
      const stale = await context.store.commit({ key: '/registry/pods/a', expect: first, value: bytes('3') });
      expect(stale).toMatchObject({ ok: false });
      expect(text(await context.store.get('/registry/pods/a'))).toMatchObject({
        value: '2',
        createRevision: first,
        modRevision: second,
      });
    });

    test('deletes, and a later create begins anew', async () => {
      await context.put('/registry/pods/a', '1');
      const deleted = await context.remove('/registry/pods/a');
      expect(await context.store.get('/registry/pods/a')).toBeUndefined();
      const again = await context.put('/registry/pods/a', '2');
      expect(again).toBe(deleted + 1);
      expect(await context.store.get('/registry/pods/a')).toMatchObject({
        createRevision: again,
        modRevision: again,
      });
    });

    test('refuses to update or delete what is absent', async () => {
      for (const value of [bytes('1'), null]) {
        const result = await context.store.commit({ key: '/registry/pods/a', expect: context.start, value });
        expect(result).toEqual({ ok: false, current: undefined, revision: context.start });
      }
    });

    test('deleting what is expected to be absent changes nothing', async () => {
      const result = await context.store.commit({ key: '/registry/pods/a', expect: 'absent', value: null });
      expect(result).toEqual({ ok: true, revision: context.start });
    });

    test('keeps an empty value apart from no value', async () => {
      await context.put('/registry/pods/a', '');
      expect(text(await context.store.get('/registry/pods/a'))).toMatchObject({ value: '' });
    });

    test('takes large values up to the limit and refuses larger ones', async () => {
      // etcd counts the request around the value too.
      const large = new Uint8Array(maxValueBytes - 1024).fill(7);
      const result = await context.store.commit({ key: '/registry/pods/a', expect: 'absent', value: large });
      expect(result.ok).toBe(true);
      const entry = await context.store.get('/registry/pods/a');
      expect(entry!.value.length).toBe(large.length);
      expect(entry!.value.every((byte) => byte === 7)).toBe(true);
      const tooLarge = new Uint8Array(maxValueBytes + 1);
      await expect(
        context.store.commit({ key: '/registry/pods/b', expect: 'absent', value: tooLarge }),
      ).rejects.toBeInstanceOf(ValueTooLargeError);
      expect(await context.store.get('/registry/pods/b')).toBeUndefined();
    });

    test('of many large values at once: all are kept, listed and watched', async () => {
      const size = 1024 * 1024;
      const keys = Array.from({ length: 12 }, (_, i) => `/registry/pods/${10 + i}`);
      await Promise.all(
        keys.map((key, i) =>
          context.store.commit({ key, expect: 'absent', value: new Uint8Array(size).fill(i) }),
        ),
      );
      // Twice the size of a change: each says what was there before.
      await Promise.all(
        keys.map(async (key, i) => {
          const { modRevision } = (await context.store.get(key))!;
          await context.store.commit({ key, expect: modRevision, value: new Uint8Array(size).fill(100 + i) });
        }),
      );
      const { entries } = await context.store.list(pods);
      expect(entries.map(({ value }) => [value.length, value[0], value[size - 1]])).toEqual(
        keys.map((_, i) => [size, 100 + i, 100 + i]),
      );
      const changes = await context.changesUntil(pods, context.start, context.start + 24);
      expect(changes).toHaveLength(24);
      for (const { key, value, previous } of changes.slice(12)) {
        const i = keys.indexOf(key);
        expect([value.length, value[7], previous!.value.length, previous!.value[7]]).toEqual([
          size,
          100 + i,
          size,
          i,
        ]);
      }
    });

    test('of many at once for one key, one wins each revision', async () => {
      const key = '/registry/pods/counter';
      await context.put(key, '0');
      const increment = async () => {
        for (;;) {
          const entry = (await context.store.get(key))!;
          const next = Number(decode(entry.value)) + 1;
          const result = await context.store.commit({
            key,
            expect: entry.modRevision,
            value: bytes(String(next)),
          });
          if (result.ok) return result.revision;
        }
      };
      const revisions = await Promise.all(Array.from({ length: 20 }, increment));
      expect(new Set(revisions).size).toBe(20);
      expect(text(await context.store.get(key))).toMatchObject({
        value: '20',
        modRevision: Math.max(...revisions),
      });
    });

    test('creates of one key at once: one wins, the others are told what it wrote', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          context.store.commit({ key: '/registry/pods/a', expect: 'absent', value: bytes(String(i)) }),
        ),
      );
      const winners = results.filter((result) => result.ok);
      expect(winners).toHaveLength(1);
      for (const result of results) {
        if (!result.ok) expect(result.current?.modRevision).toBe(winners[0]!.revision);
      }
    });

    test('commits of different keys at once get revisions without gaps', async () => {
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          context.store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value: bytes(String(i)) }),
        ),
      );
      const revisions = results.map((result) => result.revision).sort((a, b) => a - b);
      expect(revisions).toEqual(Array.from({ length: 50 }, (_, i) => context.start + 1 + i));
    });
  });
}
