// The client and all that stands on it, against the API server itself.
import { isAlreadyExists, isConflict, isNotFound } from '@kubets/api';
import { createApiServer } from '@kubets/apiserver';
import { aborted, FakeClock, seededRandom, settleMicrotasks, silentLogger } from '@kubets/base';
import { resources } from '@kubets/resources';
import { memoryStore } from '@kubets/storage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client, WatchEvent } from './client.ts';
import { createClient } from './create_client.ts';
import { createEventRecorder } from './events/create_event_recorder.ts';
import { inProcessTransport } from './in_process_transport.ts';
import { createInformers } from './informers/create_informers.ts';
import { runWithLease } from './lease/run_with_lease.ts';
import { refs } from './refs.ts';
import { retryOnConflict } from './retry_on_conflict.ts';

let clock: FakeClock;
let client: Client;
let stop: AbortController;
let running: Promise<unknown>[];

beforeEach(async () => {
  clock = new FakeClock();
  stop = new AbortController();
  const server = createApiServer({
    store: memoryStore(),
    clock,
    random: seededRandom(1),
    log: silentLogger,
    resources,
    authenticators: [],
    authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
    admission: [],
  });
  running = [server.run(stop.signal)];
  await server.ready();
  client = createClient(inProcessTransport(server.handle, { username: 'admin', groups: ['system:masters'] }));
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running);
});

const configMap = (name: string, data: Record<string, string> = {}) => ({
  metadata: { name, namespace: 'default' },
  data,
});

describe('client', () => {
  test('creates, reads, updates, patches and deletes', async () => {
    const created = await client.create(refs.configMaps, configMap('a', { x: '1' }));
    expect(created).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { x: '1' } });
    await expect(client.create(refs.configMaps, configMap('a'))).rejects.toSatisfy(isAlreadyExists);
    const updated = await client.update(refs.configMaps, { ...created, data: { x: '2' } });
    await expect(client.update(refs.configMaps, { ...created, data: { x: '3' } })).rejects.toSatisfy(
      isConflict,
    );
    await client.patch(refs.configMaps, 'a', 'default', 'merge', { data: { y: '4' } });
    const now = await client.get(refs.configMaps, 'a', 'default');
    expect(now.data).toEqual({ x: '2', y: '4' });
    expect(updated.data).toEqual({ x: '2' });
    await client.delete(refs.configMaps, 'a', 'default', { uid: now.metadata.uid });
    await expect(client.get(refs.configMaps, 'a', 'default')).rejects.toSatisfy(isNotFound);
  });

  test('applies, lists by selector and deletes collections', async () => {
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { app: 'web' } } };
    await client.patch(refs.configMaps, 'a', 'default', 'apply', applied, { fieldManager: 'me' });
    await client.create(refs.configMaps, configMap('b'));
    const list = await client.list(refs.configMaps, { namespace: 'default', labelSelector: 'app=web' });
    expect(list.items.map((item) => item.metadata.name)).toEqual(['a']);
    await client.deleteCollection(refs.configMaps, { namespace: 'default', labelSelector: 'app=web' });
    const rest = await client.list(refs.configMaps, { namespace: 'default' });
    expect(rest.items.map((item) => item.metadata.name)).toEqual(['b']);
  });

  test('pages through a list', async () => {
    for (const name of ['a', 'b', 'c']) await client.create(refs.configMaps, configMap(name));
    const first = await client.list(refs.configMaps, { namespace: 'default', limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await client.list(refs.configMaps, {
      namespace: 'default',
      limit: 2,
      continue: first.continue,
    });
    expect(second.items.map((item) => item.metadata.name)).toEqual(['c']);
    expect(second.continue).toBeUndefined();
  });

  test('watches', async () => {
    const { resourceVersion } = await client.list(refs.configMaps);
    const events: WatchEvent<any>[] = [];
    const watching = (async () => {
      for await (const batch of client.watch(refs.configMaps, { resourceVersion }, stop.signal))
        events.push(...batch);
    })();
    running.push(watching);
    await client.create(refs.configMaps, configMap('a'));
    await client.delete(refs.configMaps, 'a', 'default');
    await settleMicrotasks();
    expect(events.map((event) => [event.type, 'object' in event && event.object.metadata.name])).toEqual([
      ['ADDED', 'a'],
      ['DELETED', 'a'],
    ]);
  });

  test('sets status and uses subresources', async () => {
    const node = await client.create(refs.nodes, { metadata: { name: 'n1' } } as any);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }];
    const ready = await client.updateStatus(refs.nodes, { ...node, status: { conditions } } as any);
    expect(ready.status?.conditions).toMatchObject(conditions);
    const spec = { containers: [{ name: 'web', image: 'web' }] };
    await client.create(refs.pods, { metadata: { name: 'web', namespace: 'default' }, spec } as any);
    await client.createSubresource(refs.pods, 'web', 'default', 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'web' },
      target: { kind: 'Node', name: 'n1' },
    });
    expect((await client.get(refs.pods, 'web', 'default')).spec.nodeName).toBe('n1');
    expect(await client.request('GET', '/version')).toMatchObject({ major: '1' });
  });

  test('gets through conflicts', async () => {
    await client.create(refs.configMaps, configMap('counter', { n: '0' }));
    const increment = () =>
      retryOnConflict(async () => {
        const current = await client.get(refs.configMaps, 'counter', 'default');
        const n = String(Number(current.data!['n']) + 1);
        return client.update(refs.configMaps, { ...current, data: { n } });
      });
    await Promise.all([increment(), increment(), increment()]);
    expect((await client.get(refs.configMaps, 'counter', 'default')).data).toEqual({ n: '3' });
  });
});

describe('informers', () => {
  test('follow the server, sharing its objects', async () => {
    await client.create(refs.configMaps, configMap('before'));
    const informers = createInformers({ client, clock, random: seededRandom(2), log: silentLogger });
    const maps = informers.for(refs.configMaps, { namespace: 'default' });
    const told: string[] = [];
    maps.onChange((object, old) => told.push(`${old?.metadata.name ?? ''}>${object?.metadata.name ?? ''}`));
    running.push(informers.run(stop.signal));
    await informers.synced();
    expect(told).toEqual(['>before']);
    const created = await client.create(refs.configMaps, configMap('after'));
    await client.update(refs.configMaps, { ...created, data: { x: '1' } });
    await client.delete(refs.configMaps, 'before', 'default');
    await settleMicrotasks();
    expect(told.slice(1)).toEqual(['>after', 'after>after', 'before>']);
    expect(maps.get('default/after')).toBe(await client.get(refs.configMaps, 'after', 'default'));
  });
});

describe('event recorder', () => {
  test('writes events that the server takes, and counts on them', async () => {
    const recorder = createEventRecorder({
      client,
      clock,
      random: seededRandom(3),
      component: 'test',
      host: 'n1',
    });
    const about = { kind: 'Pod', apiVersion: 'v1', namespace: 'default', name: 'web', uid: 'u' };
    for (let i = 0; i < 2; i++) recorder.event(about, 'Warning', 'BackOff', 'restarting');
    recorder.event({ kind: 'Node', apiVersion: 'v1', name: 'n1', uid: 'n1' }, 'Normal', 'NodeReady', 'ready');
    await settleMicrotasks();
    const { items } = await client.list(refs.events, { namespace: 'default' });
    expect(items).toMatchObject([{ reason: 'NodeReady' }, { reason: 'BackOff', count: 2 }]);
  });
});

describe('lease', () => {
  test('is held, kept and given back', async () => {
    const own = new AbortController();
    const options = { client, clock, random: seededRandom(4), log: silentLogger, name: 'x', identity: 'me' };
    const done = runWithLease({ ...options, namespace: 'default', signal: own.signal }, aborted);
    await clock.advance(20_000);
    const held = await client.get(refs.leases, 'x', 'default');
    expect(held.spec.holderIdentity).toBe('me');
    expect(Date.parse(held.spec.renewTime!)).toBeGreaterThanOrEqual(clock.now() - 2_000);
    own.abort();
    await done;
    expect((await client.get(refs.leases, 'x', 'default')).spec.holderIdentity ?? '').toBe('');
  });
});
