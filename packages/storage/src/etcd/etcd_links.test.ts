// Links between a server and etcd that are cut: once they are back, so is the store, in seconds.
import { silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prefixRange, type Store } from '../store.ts';
import { openEtcdStore } from './etcd_store.ts';
import { type DeadLink, deadLink } from './testing/dead_link.ts';
import { type FakeEtcd, startFakeEtcd } from './testing/fake_etcd.ts';

const all = prefixRange('/registry/');
/** Far above what it takes, far below what TCP and keepalive of gRPC would. */
const soonMs = 9_000;

describe('a link that goes dead', { timeout: 40_000 }, () => {
  let etcd: FakeEtcd;
  let link: DeadLink;
  let store: Store;
  let stop: AbortController;
  beforeEach(async () => {
    etcd = await startFakeEtcd();
    link = await deadLink(etcd.url);
    stop = new AbortController();
    store = await openEtcdStore({ endpoints: [link.url], clock: systemClock, log: silentLogger });
  });
  afterEach(async () => {
    stop.abort();
    await store.close();
    link.remove();
    etcd.stop();
  });

  const put = (name: string) =>
    etcd.store.commit({ key: `/registry/pods/${name}`, expect: 'absent', value: new Uint8Array() });
  const inTime = async <T>(what: Promise<T>) => {
    const started = performance.now();
    const result = await what;
    expect(performance.now() - started).toBeLessThan(soonMs);
    return result;
  };

  test('is noticed by those who ask', async () => {
    link.cut();
    const asked = store.revision();
    await systemClock.sleep(500);
    link.mend();
    expect(await inTime(asked)).toBe(1);
  });

  test('while connections are made through it is mended for the next ones', async () => {
    link.cut();
    const asked = store.revision();
    // The first attempt has found it dead; the second waits for a connection that never comes.
    await systemClock.sleep(3_000);
    link.mend();
    expect(await inTime(asked)).toBe(1);
  });

  test('is noticed by a watch that is behind', async () => {
    const watch = store.watch(all, 1, stop.signal)[Symbol.asyncIterator]();
    const first = watch.next();
    await put('a');
    await first;
    const next = watch.next();
    link.cut();
    await put('b');
    await systemClock.sleep(500);
    link.mend();
    expect(await store.revision()).toBe(3);
    expect((await inTime(next)).value).toMatchObject({ revision: 3 });
  });

  test('leaves those be who are answered late', async () => {
    let slow = true;
    etcd.faults.range = async (_request, serve) => {
      const answer = await serve();
      if (slow) await systemClock.sleep(3_000);
      slow = false;
      return answer;
    };
    const late = store.get('/registry/pods/a');
    // Gives up after two seconds, and with it the connection.
    const asked = store.revision();
    expect(await late).toBeUndefined();
    expect(await asked).toBe(1);
  });
});
