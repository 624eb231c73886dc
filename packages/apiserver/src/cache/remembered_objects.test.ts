import { silentLogger, systemClock } from '@kubets/base';
import { resources } from '@kubets/resources';
import { memoryStore } from '@kubets/storage';
import { expect, test } from 'vitest';
import { WatchCache } from './watch_cache.ts';

test('the object of a writer of this process is shared, not parsed again from its bytes', async () => {
  const store = memoryStore();
  const cache = new WatchCache({ store, clock: systemClock, log: silentLogger, resources });
  const stop = new AbortController();
  const running = cache.run(stop.signal);
  await cache.ready();
  const object = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'shared', namespace: 'default' },
    data: { a: '1' },
  };
  const value = new TextEncoder().encode(JSON.stringify(object));
  const key = '/registry/configmaps/default/shared';
  cache.remember(value, object as never);
  const first = await store.commit({ key, expect: 'absent', value });
  await cache.waitFor(first.revision);
  const found = () => cache.historyOfKey(key)!.get(key)!.object as unknown as typeof object;
  expect(found().data).toBe(object.data);
  // Bytes that come a second time tell of a write that nobody has announced.
  const second = await store.commit({ key, expect: first.revision, value });
  await cache.waitFor(second.revision);
  expect(found().data).toEqual(object.data);
  expect(found().data).not.toBe(object.data);
  // A commit that has ended is announced no longer.
  cache.remember(value, object as never);
  cache.forget(value);
  const third = await store.commit({ key, expect: second.revision, value });
  await cache.waitFor(third.revision);
  expect(found().data).not.toBe(object.data);
  stop.abort();
  await running;
});
