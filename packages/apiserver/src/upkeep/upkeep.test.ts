import { settleMicrotasks } from '@kubets/base';
import { afterEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';

let api: TestServer;

afterEach(async () => {
  await api.stop();
});

test('events expire an hour after they were last counted', async () => {
  api = await startTestServer();
  const events = '/api/v1/namespaces/default/events';
  const about = { kind: 'Pod', namespace: 'default', name: 'p' };
  const event = (name: string) => ({
    metadata: { name },
    involvedObject: about,
    reason: 'Test',
    type: 'Normal',
  });
  await api.send('POST', events, event('old'));
  await api.send('POST', events, event('counted'));
  await api.clock.advance(30 * 60_000);
  const body = { lastTimestamp: '2026-01-01T00:30:00Z', count: 2 };
  const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
  await api.send('PATCH', `${events}/counted`, body, merge);
  await api.clock.advance(32 * 60_000);
  expect(await api.names(events)).toEqual(['counted']);
  await api.clock.advance(30 * 60_000);
  expect(await api.names(events)).toEqual([]);
});

test('events that came in a flood all go when their hour is over', { timeout: 30_000 }, async () => {
  api = await startTestServer();
  for (let i = 0; i < 2_001; i++) {
    const object = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `e${i}`, namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
    };
    const value = new TextEncoder().encode(JSON.stringify(object));
    await api.store.commit({ key: `/registry/events/default/e${i}`, expect: 'absent', value });
  }
  expect(await api.names('/api/v1/events')).toHaveLength(2_001);
  await api.clock.advance(61 * 60_000);
  // Their removal waits for the store, once for each.
  for (let turn = 0; turn < 100; turn++) await settleMicrotasks();
  expect(await api.names('/api/v1/events')).toHaveLength(0);
});

test('what others have to know is published, and kept right', async () => {
  api = await startTestServer({ clientCa: 'PEM' });
  const path = '/api/v1/namespaces/kube-system/configmaps';
  const name = 'extension-apiserver-authentication';
  const found = await api.send('GET', `${path}/${name}`);
  expect(found.data).toEqual({ 'client-ca-file': 'PEM' });
  await api.send('PUT', `${path}/${name}`, { ...found, data: { 'client-ca-file': 'x', other: 'kept' } });
  await api.clock.advance(60_000);
  expect((await api.send('GET', `${path}/${name}`)).data).toEqual({ 'client-ca-file': 'PEM', other: 'kept' });
});

test('a task that fails is logged and tried again soon', async () => {
  let broken = false;
  api = await startTestServer({
    admission: [
      {
        name: 'broken',
        handles: ({ resource }) => resource === 'namespaces' && broken,
        admit: ({ operation }) => {
          if (operation === 'CREATE') throw new Error('not now');
        },
      },
    ],
  });
  broken = true;
  const marked = await api.send('DELETE', '/api/v1/namespaces/kube-public');
  await api.send('PUT', '/api/v1/namespaces/kube-public/finalize', { ...marked, spec: { finalizers: [] } });
  await api.clock.advance(60_000);
  expect(api.errors.some((line) => line.startsWith('upkeep failed'))).toBe(true);
  broken = false;
  await api.clock.advance(5_000);
  await api.send('GET', '/api/v1/namespaces/kube-public');
});

test('the store forgets what nobody needs any more', async () => {
  api = await startTestServer();
  const at = await api.store.revision();
  await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'x' } });
  await api.clock.advance(10 * 60_000);
  await expect(api.store.get('/registry/namespaces/default', at - 1)).rejects.toThrow('compacted');
});

test('the first day of token tracking is noted once', async () => {
  api = await startTestServer();
  const path =
    '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking';
  const { since } = (await api.send('GET', path)).data;
  expect(since).toMatch(/^\d{4}-\d\d-\d\d$/);
  await api.clock.advance(2 * 3_600_000);
  expect((await api.send('GET', path)).data).toEqual({ since });
});

test('history is kept for as long as it was asked for, and no longer than a round more', async () => {
  api = await startTestServer({ limits: { historyMs: 20 * 60_000 } });
  const start = await api.store.revision();
  const path = '/api/v1/namespaces/default/configmaps';
  await api.send('POST', path, { metadata: { name: 'a' } });
  const key = '/registry/configmaps/default/a';
  await api.clock.advance(19 * 60_000);
  expect(await api.store.get(key, start)).toBeUndefined();
  await api.clock.advance(12 * 60_000);
  await expect(api.store.get(key, start)).rejects.toThrow('compacted');
});
