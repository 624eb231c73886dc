import { decodeFrames, snapshotMagic } from '@kubets/storage/snapshot/index.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';
import type { HistoryItem } from './history_endpoint.ts';

let api: TestServer;
const path = '/api/v1/namespaces/default/configmaps';
const merge = { headers: { 'content-type': 'application/merge-patch+json' } };

beforeEach(async () => {
  api = await startTestServer();
});

afterEach(() => api.stop());

async function history(query: string): Promise<HistoryItem[]> {
  const result: any = await api.call('GET', `/kubets/v1/history?${query}`);
  return JSON.parse(result.body).items;
}

test('the history of an object says who changed what, and when', async () => {
  await api.send('POST', `${path}?fieldManager=alice`, { metadata: { name: 'a' }, data: { x: '1' } });
  await api.send('POST', `${path}?fieldManager=alice`, { metadata: { name: 'ab' }, data: { x: '1' } });
  await api.clock.advance(60_000);
  await api.send('PATCH', `${path}/a?fieldManager=bob`, { data: { x: '2', 'y.z': 'new' } }, merge);
  await api.send('DELETE', `${path}/a`);
  await api.send('POST', `${path}?fieldManager=carol`, { metadata: { name: 'a' }, data: { x: '3' } });
  const items = await history('resource=configmaps&namespace=default&name=a&object=true');
  expect(items.map(({ type, by, time, fields }) => ({ type, by, time, fields }))).toEqual([
    { type: 'created', by: 'alice', time: '2026-01-01T00:00:00Z', fields: [] },
    {
      type: 'updated',
      by: 'bob',
      time: '2026-01-01T00:01:00Z',
      fields: ['data.x: 1 -> 2', 'data["y.z"]: (none) -> new'],
    },
    { type: 'deleted', fields: [] },
    { type: 'created', by: 'carol', time: '2026-01-01T00:01:00Z', fields: [] },
  ]);
  expect(items.map(({ object }) => (object as any)?.data)).toEqual([
    { x: '1' },
    { x: '2', 'y.z': 'new' },
    undefined,
    { x: '3' },
  ]);
});

test('of two who write within a second, the one who took the field over is told', async () => {
  await api.send('POST', `${path}?fieldManager=alice`, { metadata: { name: 'a' }, data: { x: '1' } });
  await api.send('PATCH', `${path}/a?fieldManager=bob`, { data: { x: '2' } }, merge);
  await api.send('PATCH', `${path}/a?fieldManager=alice`, { data: { x: '3' } }, merge);
  const items = await history('resource=configmaps&namespace=default&name=a');
  expect(items.map(({ by }) => by)).toEqual(['alice', 'bob', 'alice']);
});

test('a change of fields that nobody tracks has no time, rather than that of its object', async () => {
  // An object that nobody has a field of stays so until somebody applies to it.
  await api.send('POST', `${path}?fieldManager=alice`, { metadata: { name: 'a' } });
  await api.clock.advance(60_000);
  await api.send('PATCH', `${path}/a?fieldManager=bob`, { data: { x: '2' } }, merge);
  const [created, updated] = await history('resource=configmaps&namespace=default&name=a');
  expect(created).toMatchObject({ type: 'created', time: '2026-01-01T00:00:00Z' });
  expect(updated).toMatchObject({ type: 'updated', fields: ['data: (none) -> {"x":"2"}'] });
  expect(updated!.time).toBeUndefined();
});

test('the history of everything is bounded, newest last', async () => {
  for (let index = 0; index < 30; index++) {
    await api.send('POST', path, { metadata: { name: `c-${index}` } });
  }
  const items = await history('limit=5');
  expect(items.map(({ name }) => name)).toEqual(['c-25', 'c-26', 'c-27', 'c-28', 'c-29']);
  expect(await api.refusal('GET', '/kubets/v1/history?limit=0')).toMatchObject({ code: 400 });
  expect(await api.refusal('GET', '/kubets/v1/history?resource=nothing')).toMatchObject({ code: 400 });
});

test('what compaction has forgotten is left out', async () => {
  await api.send('POST', path, { metadata: { name: 'old' } });
  await api.store.compact(await api.store.revision());
  await api.send('POST', path, { metadata: { name: 'new' } });
  expect((await history('resource=configmaps')).map(({ name }) => name)).toEqual(['new']);
});

test('a snapshot holds every object', async () => {
  await api.send('POST', path, { metadata: { name: 'saved' } });
  const result: any = await api.call('GET', '/kubets/v1/snapshot');
  async function* chunks() {
    yield snapshotMagic;
    yield* result.body;
  }
  const keys: string[] = [];
  for await (const frame of decodeFrames(chunks())) if (frame.type === 'entry') keys.push(frame.entry.key);
  expect(keys).toContain('/registry/configmaps/default/saved');
  expect(keys).toContain('/registry/namespaces/default');
});

test('other paths below are not found', async () => {
  expect(await api.refusal('GET', '/kubets/v1/nothing')).toMatchObject({ code: 404 });
});
