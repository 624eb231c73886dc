import { FakeClock, settleMicrotasks, silentLogger } from '@kubets/base';
import { memoryStore, NoSpaceError, type Store, ValueTooLargeError } from '@kubets/storage';
import { expect, test } from 'vitest';
import { WatchCache } from '../cache/watch_cache.ts';
import { startTestServer } from '../testing/test_server.ts';

test('an alarm of the store shows in /readyz and not in /livez', async () => {
  let problems: string[] = [];
  const store = { ...memoryStore(), problems: async () => problems };
  const api = await startTestServer({ store });
  const body = async (path: string) => ((await api.call('GET', path)) as { body: string }).body;
  expect(await body('/readyz?verbose')).toContain('[+]etcd-readiness ok');
  problems = ['NOSPACE: 1.0 MiB left for /store; writes are refused'];
  expect(await api.call('GET', '/readyz')).toMatchObject({ status: 500 });
  expect(await body('/readyz')).toContain('[-]etcd-readiness failed: reason withheld');
  expect(await body('/livez?verbose')).not.toContain('etcd-readiness');
  expect(await api.call('GET', '/readyz/etcd-readiness')).toMatchObject({
    status: 500,
    body: expect.stringContaining('NOSPACE: 1.0 MiB left for /store; writes are refused'),
  });
  problems = [];
  expect(await body('/readyz?verbose')).toContain('[+]etcd-readiness ok');
  await api.stop();
});

test('what the store refuses is told as upstream tells it', async () => {
  const inner = memoryStore();
  let refusal: Error | undefined;
  const store = {
    ...inner,
    commit: async (write: Parameters<typeof inner.commit>[0]) => {
      if (refusal && write.value) throw refusal;
      return inner.commit(write);
    },
  };
  const api = await startTestServer({ store });
  const maps = '/api/v1/namespaces/default/configmaps';
  await api.send('POST', maps, { metadata: { name: 'a' } });
  for (const [error, message] of [
    [new NoSpaceError(), 'etcdserver: mvcc: database space exceeded'],
    [new ValueTooLargeError(), 'etcdserver: request is too large'],
  ] as const) {
    refusal = error;
    const answer = await api.refusal('POST', maps, { metadata: { name: 'b' } });
    expect(answer).toMatchObject({ code: 500, message });
    expect(answer.reason ?? '').toBe('');
  }
  expect(await api.names(maps)).toContain('a');
  await api.send('DELETE', `${maps}/a`);
  refusal = undefined;
  await api.send('POST', maps, { metadata: { name: 'b' } });
  await api.stop();
});

test('why nothing can be read from the store is told to who asks what is wrong', async () => {
  const damage = 'the store in /store is damaged: the value of revision 7 is missing';
  const clock = new FakeClock();
  let damaged = true;
  const inner = memoryStore();
  const list: Store['list'] = (...args) =>
    damaged ? Promise.reject(new Error(damage)) : inner.list(...args);
  const cache = new WatchCache({ store: { ...inner, list }, clock, log: silentLogger, resources: [] });
  const stop = new AbortController();
  const running = cache.run(stop.signal);
  await settleMicrotasks();
  expect(cache.failure).toBe(damage);
  damaged = false;
  await clock.advance(1_000);
  await cache.ready();
  expect(cache.failure).toBeUndefined();
  stop.abort();
  await running;
});
