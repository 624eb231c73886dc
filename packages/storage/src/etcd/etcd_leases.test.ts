import type { PutRequest } from '@kubets/api/generated/etcd.ts';
import { FakeClock, silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { openEtcdStore } from './etcd_store.ts';
import { etcdVersion, startEtcd } from './testing/etcd_process.ts';
import { type FakeEtcd, refusal, startFakeEtcd } from './testing/fake_etcd.ts';

let etcd: FakeEtcd;
let store: Store;
let clock: FakeClock;
let puts: (PutRequest | undefined)[];
beforeEach(async () => {
  etcd = await startFakeEtcd();
  clock = new FakeClock(Date.now());
  store = await openEtcdStore({ endpoints: [etcd.url], clock, log: silentLogger });
  puts = [];
  etcd.faults.txn = (request, serve) => {
    puts.push(request.success![0]!.requestPut);
    return serve();
  };
});
afterEach(async () => {
  await store.close();
  etcd.stop();
});

const value = new Uint8Array([1]);
const write = (name: string, ttlSeconds?: number) =>
  store.commit({ key: `/registry/events/default/${name}`, expect: 'absent', value, ttlSeconds });

test('values that last equally long share a lease for a while', async () => {
  let granted = 0;
  etcd.faults.grant = async ({ TTL }) => ({ ID: ++granted, TTL });
  await Promise.all([write('a', 3_600), write('b', 3_600), write('c')]);
  await clock.advance(59_000);
  await write('d', 3_600);
  await clock.advance(2_000);
  await write('e', 3_600);
  expect(puts.map((put) => put?.lease ?? 0).sort()).toEqual([0, 1, 1, 1, 2]);
});

test('a lease lasts longer than the last value that shares it', async () => {
  const asked: (number | undefined)[] = [];
  etcd.faults.grant = async ({ TTL }) => {
    asked.push(TTL);
    return { ID: 1, TTL };
  };
  await write('a', 3_600);
  await write('b', 30);
  expect(asked).toEqual([3_660, 32]);
});

test('where etcd grants none, the value is written all the same', async () => {
  etcd.faults.grant = async () => {
    throw refusal(13, 'no');
  };
  expect(await write('a', 3_600)).toMatchObject({ ok: true });
  expect(puts[0]?.lease ?? 0).toBe(0);
});

test('a lease that etcd has forgotten is done without', async () => {
  etcd.faults.grant = async ({ TTL }) => ({ ID: 9, TTL });
  etcd.faults.txn = async (request, serve) => {
    const lease = request.success![0]!.requestPut?.lease;
    if (lease) throw refusal(5, 'etcdserver: requested lease not found');
    return serve();
  };
  expect(await write('a', 3_600)).toMatchObject({ ok: true, revision: 2 });
});

test.skipIf(!etcdVersion)('etcd removes the value by itself', { timeout: 30_000 }, async () => {
  const real = await startEtcd();
  const its = await openEtcdStore({ endpoints: real.endpoints, clock: systemClock, log: silentLogger });
  try {
    const key = '/registry/events/default/a';
    const stop = new AbortController();
    await its.commit({ key, expect: 'absent', value, ttlSeconds: 2 });
    expect(await its.get(key)).toBeDefined();
    for await (const { changes } of its.watch({ start: key, end: `${key}\0` }, 2, stop.signal)) {
      expect(changes).toMatchObject([{ type: 'delete', key, previous: { value } }]);
      break;
    }
  } finally {
    await its.close();
    await real.remove();
  }
});
