import { describe, expect, test } from 'vitest';
import type { Change, ChangeBatch, Revision } from '../store.ts';
import { all, bytes, decode, pods, type StoreContext, summary } from './context.ts';

export function watches(context: StoreContext): void {
  describe('watch', () => {
    test('gives each change once, in order, with what was there before', async () => {
      const created = await context.put('/registry/pods/a', '1');
      const updated = await context.put('/registry/pods/a', '2');
      const deleted = await context.remove('/registry/pods/a');
      const changes = await context.changesUntil(pods, context.start, deleted);
      expect(changes.map(summary)).toEqual([
        { type: 'put', revision: created, value: '1', createRevision: created, previous: undefined },
        { type: 'put', revision: updated, value: '2', createRevision: created, previous: `1@${created}` },
        { type: 'delete', revision: deleted, value: '', createRevision: created, previous: `2@${updated}` },
      ]);
    });

    test('begins after any revision that is kept', async () => {
      const revisions: Revision[] = [];
      for (let i = 0; i < 5; i++) revisions.push(await context.put('/registry/pods/a', String(i)));
      for (let i = 0; i < 4; i++) {
        const changes = await context.changesUntil(pods, revisions[i]!, revisions[4]!);
        expect(changes.map((change) => change.revision)).toEqual(revisions.slice(i + 1));
      }
    });

    test('after a revision that has not been yet waits for what comes after it', async () => {
      const watch = context.store.watch(pods, context.start + 1, context.stop.signal)[Symbol.asyncIterator]();
      const next = watch.next();
      await context.put('/registry/pods/a', '1');
      await context.put('/registry/pods/b', '2');
      const { value } = await next;
      expect(value.changes.map((change: Change) => change.key)).toEqual(['/registry/pods/b']);
    });

    test('sees its range only, and reports progress for the rest', async () => {
      const last = await context.put('/registry/nodes/n', '1');
      const watch = context.store.watch(pods, context.start, context.stop.signal)[Symbol.asyncIterator]();
      expect((await watch.next()).value).toEqual({ changes: [], revision: last });
      const next = watch.next();
      const pod = await context.put('/registry/pods/a', '1');
      const batch: ChangeBatch = (await next).value;
      expect(batch.revision).toBe(pod);
      expect(batch.changes.map((change) => change.key)).toEqual(['/registry/pods/a']);
    });

    test('hands a change over before the commit that made it resolves', async () => {
      const order: string[] = [];
      const watch = context.store.watch(pods, context.start, context.stop.signal)[Symbol.asyncIterator]();
      const seen = watch.next().then(() => order.push('watch'));
      await context.store.commit({ key: '/registry/pods/a', expect: 'absent', value: bytes('1') });
      order.push('commit');
      await seen;
      expect(order).toEqual(['watch', 'commit']);
    });

    test('with a list gives the whole state: nothing lost, nothing twice', async () => {
      const writers = Promise.all(
        Array.from({ length: 8 }, async (_, writer) => {
          for (let i = 0; i < 25; i++) await context.put(`/registry/pods/${writer}`, String(i));
        }),
      );
      await context.put('/registry/pods/x', '0');
      const page = await context.store.list(all);
      const state = new Map(page.entries.map((entry) => [entry.key, decode(entry.value)]));
      await writers;
      let last = page.revision;
      for (const change of await context.changesUntil(all, page.revision, await context.store.revision())) {
        expect(change.revision).toBe(last + 1);
        last = change.revision;
        state.set(change.key, decode(change.value));
      }
      const now = await context.store.list(all);
      expect([...state].sort()).toEqual(now.entries.map((entry) => [entry.key, decode(entry.value)]));
    });

    test('of one range is the same for all watchers', async () => {
      const watches = Array.from({ length: 3 }, () =>
        context.changesUntil(pods, context.start, context.start + 60),
      );
      await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          context.store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value: bytes(String(i)) }),
        ),
      );
      const [first, ...others] = await Promise.all(watches);
      expect(first).toHaveLength(60);
      for (const other of others) expect(other).toEqual(first);
    });

    test('that is slow misses nothing', async () => {
      const watch = context.store.watch(pods, context.start, context.stop.signal)[Symbol.asyncIterator]();
      const waiting = watch.next();
      for (let round = 0; round < 30; round++) {
        await Promise.all(
          Array.from({ length: 100 }, (_, i) => context.put(`/registry/pods/${i}`, String(round))),
        );
      }
      const changes: Change[] = [...(await waiting).value.changes];
      while (changes.length < 3_000) changes.push(...(await watch.next()).value.changes);
      expect(changes.map((change) => change.revision)).toEqual(
        Array.from({ length: 3_000 }, (_, i) => context.start + 1 + i),
      );
      expect(changes.slice(-100).every((change) => decode(change.value) === '29')).toBe(true);
    });

    test('comes to the newest revision, whatever that changed', async () => {
      const watch = context.store.watch(pods, context.start, context.stop.signal)[Symbol.asyncIterator]();
      for (const key of ['nodes/a', 'pods/a', 'nodes/b', 'nodes/c']) {
        await context.put(`/registry/${key}`, '1');
        const newest = await context.store.revision();
        let revision = 0;
        while (revision < newest) revision = (await watch.next()).value.revision;
        expect(revision).toBe(newest);
      }
    });

    test('never reports progress past a change that is still to come', async () => {
      const count = 400;
      const writers = Promise.all(
        Array.from({ length: 8 }, async (_, writer) => {
          for (let i = 0; i < count / 8; i++) {
            const kind = (i + writer) % 3 === 0 ? 'pods' : 'nodes';
            const key = `/registry/${kind}/${writer}-${i}`;
            await context.store.commit({ key, expect: 'absent', value: bytes('1') });
          }
        }),
      );
      let revision = context.start;
      let seen = 0;
      for await (const batch of context.store.watch(pods, context.start, context.stop.signal)) {
        expect(batch.revision).toBeGreaterThan(revision);
        for (const change of batch.changes) {
          expect(change.revision).toBeGreaterThan(revision);
          expect(change.revision).toBeLessThanOrEqual(batch.revision);
        }
        seen += batch.changes.length;
        revision = batch.revision;
        if (revision === context.start + count) break;
      }
      await writers;
      expect(seen).toBe((await context.store.list(pods)).entries.length);
    });

    test('ends when its signal aborts', async () => {
      const watch = context.store.watch(pods, context.start, context.stop.signal)[Symbol.asyncIterator]();
      const next = watch.next();
      context.stop.abort();
      expect(await next).toMatchObject({ done: true });
      expect(await watch.next()).toMatchObject({ done: true });
    });
  });
}
