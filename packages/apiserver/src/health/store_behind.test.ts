import { memoryStore } from '@kubets/storage';
import { expect, test } from 'vitest';
import { startTestServer } from '../testing/test_server.ts';

const bodyOf = async (result: Promise<unknown>) => (await result) as { status: number; body: string };
const turns = async () => {
  for (let i = 0; i < 100; i++) await Promise.resolve();
};

test('a server whose cache does not follow the store is alive and not ready', async () => {
  const inner = memoryStore();
  let goOn = () => {};
  let stands: Promise<void> = Promise.resolve();
  const store: typeof inner = {
    ...inner,
    async *watch(...asked) {
      for await (const batch of inner.watch(...asked)) {
        await stands;
        yield batch;
      }
    },
  };
  const api = await startTestServer({ store });
  expect(await bodyOf(api.call('GET', '/readyz'))).toMatchObject({ status: 200, body: 'ok' });
  stands = new Promise((resolve) => {
    goOn = resolve;
  });
  // By another server.
  await inner.commit({ key: '/registry/other', expect: 'absent', value: new Uint8Array() });
  const ready = bodyOf(api.call('GET', '/readyz'));
  await turns();
  await api.clock.advance(2_000);
  expect(await ready).toMatchObject({ status: 500, body: expect.stringContaining('[-]informer-sync') });
  expect(await bodyOf(api.call('GET', '/livez'))).toMatchObject({ status: 200 });
  goOn();
  expect(await bodyOf(api.call('GET', '/readyz'))).toMatchObject({ status: 200 });
  await api.stop();
});

test('a store that says nothing is told of in two seconds', async () => {
  const inner = memoryStore();
  let silent = false;
  const store: typeof inner = {
    ...inner,
    revision: () => (silent ? new Promise(() => {}) : inner.revision()),
  };
  const api = await startTestServer({ store });
  silent = true;
  const alive = bodyOf(api.call('GET', '/livez/etcd'));
  await turns();
  await api.clock.advance(2_000);
  expect(await alive).toMatchObject({
    status: 500,
    body: expect.stringContaining('no answer within 2000 ms'),
  });
  await api.stop();
});
