import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { all, bytes, decode, pods, type StoreContext } from './context.ts';

/** What a key held at some revision. */
interface Held {
  value: string;
  create: number;
  mod: number;
}

export function histories(context: StoreContext): void {
  describe('history', () => {
    test('reads the same at each of its revisions as it was', async () => {
      const random = seededRandom(7);
      const below = (limit: number) => Math.floor(random.next() * limit);
      const keys = Array.from({ length: 8 }, (_, i) => `/registry/pods/${i}`);
      const model = new Map<string, Held>();
      const states: [number, Map<string, Held>][] = [[context.start, new Map()]];
      for (let step = 0; step < 250; step++) {
        const key = keys[below(keys.length)]!;
        const held = model.get(key);
        const value = held && below(3) === 0 ? null : `v${step}`;
        const result = await context.store.commit({
          key,
          expect: held?.mod ?? 'absent',
          value: value === null ? null : bytes(value),
        });
        expect(result).toEqual({ ok: true, revision: context.start + 1 + step });
        const { revision } = result;
        if (value === null) model.delete(key);
        else model.set(key, { value, create: held?.create ?? revision, mod: revision });
        states.push([revision, new Map(model)]);
      }
      for (const [at, state] of states.filter((_, i) => i % 5 === 0 || i > 240)) {
        const wanted = [...state].sort(([a], [b]) => (a < b ? -1 : 1));
        const page = await context.store.list(pods, { at });
        expect(page.revision).toBe(at);
        expect(
          page.entries.map(({ key, value, createRevision, modRevision }) => [
            key,
            { value: decode(value), create: createRevision, mod: modRevision },
          ]),
        ).toEqual(wanted);
        const key = keys[below(keys.length)]!;
        expect((await context.store.get(key, at))?.modRevision).toBe(state.get(key)?.mod);
      }
      // Played over the empty store, the changes give each of those states again.
      const replayed = new Map<string, Held>();
      const byRevision = new Map(states);
      for (const change of await context.changesUntil(all, context.start, context.start + 250)) {
        const { key, type, revision, createRevision, previous } = change;
        expect(previous?.modRevision).toBe(replayed.get(key)?.mod);
        if (type === 'delete') replayed.delete(key);
        else replayed.set(key, { value: decode(change.value), create: createRevision, mod: revision });
        expect(replayed).toEqual(byRevision.get(revision));
      }
    });

    test('of many keys is listed in pages of any size', async () => {
      const count = 5_000;
      const keys = Array.from({ length: count }, (_, i) => `/registry/pods/${String(i).padStart(5, '0')}`);
      for (let from = 0; from < count; from += 500) {
        await Promise.all(
          keys
            .slice(from, from + 500)
            .map((key) => context.store.commit({ key, expect: 'absent', value: bytes(key) })),
        );
      }
      const whole = await context.store.list(pods);
      expect(whole.entries.map((entry) => entry.key)).toEqual(keys);
      expect(whole).toMatchObject({ revision: context.start + count, remaining: 0 });
      for (const limit of [1_700, 2_500, count, count + 1]) {
        const found: string[] = [];
        let start = pods.start;
        for (;;) {
          const page = await context.store.list({ start, end: pods.end }, { limit, at: whole.revision });
          expect(page.entries.length).toBeLessThanOrEqual(limit);
          for (const { key } of page.entries) found.push(key);
          expect(page.remaining).toBe(count - found.length);
          if (page.remaining === 0) break;
          start = `${found.at(-1)!}\0`;
          // Pages of one revision don't see what happens between them.
          await context.put('/registry/pods/99999', 'later');
        }
        expect(found).toEqual(keys);
      }
      const changes = await context.changesUntil(pods, context.start, context.start + count);
      expect(new Set(changes.slice(0, count).map((change) => change.key)).size).toBe(count);
    });

    test('of one key that changes often is kept whole', async () => {
      const key = '/registry/leases/often';
      const count = 1_200;
      let revision = await context.put(key, '0');
      for (let i = 1; i < count; i++) {
        ({ revision } = await context.store.commit({ key, expect: revision, value: bytes(String(i)) }));
      }
      for (const i of [0, 1, 599, count - 1]) {
        expect(decode((await context.store.get(key, context.start + 1 + i))!.value)).toBe(String(i));
      }
      const changes = await context.changesUntil(all, context.start, revision);
      expect(changes.map((change) => decode(change.value))).toEqual(
        Array.from({ length: count }, (_, i) => String(i)),
      );
    });
  });
}
