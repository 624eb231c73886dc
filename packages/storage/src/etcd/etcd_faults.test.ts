// What the store says and does when etcd does wrong, shown on an etcd that does wrong on request.
import { status } from '@grpc/grpc-js';
import { FakeClock, silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Change, CompactedError, prefixRange, type Store } from '../store.ts';
import { openEtcdStore } from './etcd_store.ts';
import { eventOf, type FakeEtcd, refusal, startFakeEtcd } from './testing/fake_etcd.ts';

const key = '/registry/pods/a';
const all = prefixRange('/registry/');
const bytes = (text: string) => new TextEncoder().encode(text);

let etcd: FakeEtcd;
let store: Store;
let stop: AbortController;
beforeEach(async () => {
  etcd = await startFakeEtcd();
  store = await open();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await store.close();
  etcd.stop();
});

const open = (endpoints = [etcd.url], clock = systemClock) =>
  openEtcdStore({ endpoints, clock, log: silentLogger });
/** Writes behind the back of the store. */
const put = async (name: string, value = 'x') => {
  const current = await etcd.store.get(`/registry/${name}`);
  const expected = current?.modRevision ?? 'absent';
  return etcd.store.commit({ key: `/registry/${name}`, expect: expected, value: bytes(value) });
};
const read = async (after: number, until: number) => {
  const changes: Change[] = [];
  for await (const batch of store.watch(all, after, stop.signal)) {
    changes.push(...batch.changes);
    if (batch.revision >= until) break;
  }
  return changes.map((change) => change.revision);
};

describe('a write that is not answered', () => {
  const lost = () => refusal(status.UNAVAILABLE, 'etcdserver: request timed out');
  /** Runs `serve` for the first transaction or not, and answers none of it. */
  const loseFirst = (serveIt: boolean, meanwhile = async () => {}) => {
    const sent: number[] = [];
    etcd.faults.txn = async (request, serve) => {
      sent.push(request.compare![0]!.modRevision ?? 0);
      if (sent.length > 1) return serve();
      if (serveIt) await serve();
      await meanwhile();
      throw lost();
    };
    return sent;
  };

  test('but was carried out, is done and not repeated', async () => {
    await put('nodes/n');
    const sent = loseFirst(true);
    expect(await store.commit({ key, expect: 'absent', value: bytes('1') })).toEqual({
      ok: true,
      revision: 3,
    });
    expect(sent).toHaveLength(1);
    expect(await store.revision()).toBe(3);
  });

  test('but was carried out, and overwritten since, is done', async () => {
    loseFirst(true, async () => void (await put('pods/a', '2')));
    expect(await store.commit({ key, expect: 'absent', value: bytes('1') })).toEqual({
      ok: true,
      revision: 2,
    });
    expect(new TextDecoder().decode((await store.get(key))!.value)).toBe('2');
  });

  test('but was carried out, and deleted since, is done and does not come back', async () => {
    loseFirst(true, async () => void (await etcd.store.commit({ key, expect: 2, value: null })));
    expect(await store.commit({ key, expect: 'absent', value: bytes('1') })).toEqual({
      ok: true,
      revision: 2,
    });
    expect(await store.get(key)).toBeUndefined();
  });

  test('and was lost, is sent again', async () => {
    const sent = loseFirst(false);
    expect(await store.commit({ key, expect: 'absent', value: bytes('1') })).toEqual({
      ok: true,
      revision: 2,
    });
    expect(sent).toHaveLength(2);
  });

  test('and lost against another, is refused', async () => {
    await put('pods/a', '1');
    loseFirst(false, async () => void (await put('pods/a', '2')));
    const result = await store.commit({ key, expect: 2, value: bytes('3') });
    expect(result).toMatchObject({ ok: false, current: { modRevision: 3 } });
    expect(await store.revision()).toBe(3);
  });

  test('of a delete that was carried out, is done', async () => {
    await put('pods/a', '1');
    const sent = loseFirst(true);
    expect(await store.commit({ key, expect: 2, value: null })).toEqual({ ok: true, revision: 3 });
    expect(sent).toHaveLength(1);
  });

  test('ever, has an outcome that nobody knows', async () => {
    const clock = new FakeClock(Date.now());
    await store.close();
    store = await open([etcd.url], clock);
    etcd.faults.txn = async () => {
      throw lost();
    };
    const failed = store.commit({ key, expect: 'absent', value: bytes('1') }).catch((error) => error);
    let error: Error | undefined;
    void failed.then((reason) => {
      error = reason;
    });
    while (!error) await clock.advance(500, () => new Promise((resolve) => setTimeout(resolve, 2)));
    expect(error.name).toBe('UnknownOutcomeError');
  });

  test.each([
    ['etcdserver: mvcc: database space exceeded', status.RESOURCE_EXHAUSTED, 'NoSpaceError'],
    ['etcdserver: request is too large', status.INVALID_ARGUMENT, 'ValueTooLargeError'],
    ['grpc: received message larger than max', status.RESOURCE_EXHAUSTED, 'ValueTooLargeError'],
  ])('but refused (%s) is not repeated', async (message, code, name) => {
    let sent = 0;
    etcd.faults.txn = async () => {
      sent++;
      throw refusal(code, message);
    };
    await expect(store.commit({ key, expect: 'absent', value: bytes('1') })).rejects.toMatchObject({ name });
    expect(sent).toBe(1);
  });
});

describe('a watch', () => {
  test('goes on where its stream broke off, without gap and without repetition', async () => {
    for (let i = 0; i < 30; i++) await put(`pods/${i}`);
    let streams = 0;
    etcd.faults.watch = (stream, start, serve) => {
      if (++streams > 5) return serve();
      stream.write({ created: true, header: { revision: 31 } });
      const events = [0, 1, 2].map((i) =>
        eventOf({ type: 'put', key: `/registry/pods/${i}`, revision: start + i, createRevision: start + i }),
      );
      stream.write({ events });
      stream.write({ fragment: true, events: [eventOf({ type: 'put', key, revision: start + 3 })] });
      stream.end();
    };
    expect(await read(1, 31)).toEqual(Array.from({ length: 30 }, (_, i) => i + 2));
    expect(etcd.watched).toEqual([2, 5, 8, 11, 14, 17]);
  });

  test('asks again for events that did not come, and gives up as compacted', async () => {
    for (let i = 0; i < 5; i++) await put(`pods/${i}`);
    etcd.faults.watch = (stream, start, serve) => {
      if (etcd.watched.length > 1) return serve();
      stream.write({ events: [eventOf({ type: 'put', key, revision: start + 1, createRevision: 2 })] });
    };
    expect(await read(1, 6)).toEqual([2, 3, 4, 5, 6]);
    expect(etcd.watched).toEqual([2, 2]);

    // etcd #18089: a delete at the compacted revision is in no watch.
    etcd.faults.watch = (stream, start) => {
      stream.write({ events: [eventOf({ type: 'put', key, revision: start + 1, createRevision: 2 })] });
    };
    await expect(read(1, 6)).rejects.toBeInstanceOf(CompactedError);
  });

  test('that falls silent although something happened is opened anew', async () => {
    const clock = new FakeClock(Date.now());
    await store.close();
    store = await open([etcd.url], clock);
    etcd.faults.watch = (stream, _start, serve) => {
      if (etcd.watched.length > 1) serve();
      else stream.write({ created: true, header: { revision: 1 } });
    };
    const reading = read(1, 2);
    await put('pods/a');
    await store.revision();
    let revisions: number[] | undefined;
    void reading.then((found) => {
      revisions = found;
    });
    while (!revisions) await clock.advance(500, () => new Promise((resolve) => setTimeout(resolve, 2)));
    expect(revisions).toEqual([2]);
    expect(etcd.watched).toEqual([2, 2]);
  });

  test('hears of progress through events alone', async () => {
    etcd.faults.watch = (stream, start, serve) => {
      stream.write({ created: true, header: { revision: 9 } });
      stream.write({ header: { revision: 9 }, watchId: -1 });
      serve();
      expect(start).toBe(2);
    };
    const watch = store.watch(all, 1, stop.signal)[Symbol.asyncIterator]();
    const next = watch.next();
    await put('nodes/a');
    expect((await next).value).toMatchObject({ revision: 2, changes: [{ revision: 2 }] });
  });

  test('stops reading when its reader is slow, and loses nothing', async () => {
    const large = new Uint8Array(1024 * 1024);
    for (let i = 0; i < 80; i++) {
      await etcd.store.commit({ key: `/registry/pods/${i}`, expect: 'absent', value: large });
    }
    const watch = store.watch(all, 1, stop.signal)[Symbol.asyncIterator]();
    const seen: number[] = (await watch.next()).value.changes.map((change: Change) => change.revision);
    // Nobody waits for a watch that is full.
    expect(await store.commit({ key, expect: 'absent', value: bytes('1') })).toEqual({
      ok: true,
      revision: 82,
    });
    while (seen.at(-1) !== 82) {
      seen.push(...(await watch.next()).value.changes.map((change: Change) => change.revision));
    }
    expect(seen).toEqual(Array.from({ length: 81 }, (_, i) => i + 2));
  });
});

describe('a read', () => {
  test('does not go back behind what is known (etcd #20418)', async () => {
    const other = await startFakeEtcd(etcd.store);
    for (let i = 0; i < 5; i++) await put('pods/a', String(i));
    await store.close();
    store = await open([etcd.url, other.url]);
    expect(await store.revision()).toBe(6);
    // A member that was stopped and believes that it still leads.
    etcd.faults.range = async (_request, serve) => ({ ...(await serve()), header: { revision: 3 } });
    for (let i = 0; i < 4; i++) expect(await store.revision()).toBe(6);
    other.stop();
  });

  test('is answered by another server when one fails', async () => {
    const other = await startFakeEtcd(etcd.store);
    await store.close();
    store = await open([etcd.url, other.url]);
    etcd.stop();
    expect(await store.revision()).toBe(1);
    expect(await store.commit({ key, expect: 'absent', value: bytes('1') })).toEqual({
      ok: true,
      revision: 2,
    });
    other.stop();
  });

  test('and the watches fail once all servers have forgotten what they acknowledged (etcd #14370)', async () => {
    for (let i = 0; i < 5; i++) await put('pods/a', String(i));
    expect(await store.revision()).toBe(6);
    const watch = store.watch(all, 6, stop.signal)[Symbol.asyncIterator]();
    const next = watch.next().catch((error) => error);
    etcd.faults.range = async (_request, serve) => ({ ...(await serve()), header: { revision: 3 } });
    await expect(store.revision()).rejects.toMatchObject({ name: 'HistoryLostError' });
    expect(await next).toMatchObject({ name: 'HistoryLostError' });
    expect(await store.revision()).toBe(3);
  });
});
