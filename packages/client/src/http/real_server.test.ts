// The way over the network, against the API server behind its own HTTP adapter.
import { isConflict, isNotFound } from '@kubets/api';
import { createApiServer } from '@kubets/apiserver';
import { serveHttp } from '@kubets/apiserver/http/index.ts';
import { seededRandom, silentLogger, systemClock } from '@kubets/base';
import { resources } from '@kubets/resources';
import { memoryStore } from '@kubets/storage';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Client } from '../client.ts';
import { createClient } from '../create_client.ts';
import { createInformers } from '../informers/create_informers.ts';
import { refs } from '../refs.ts';
import { type HttpTransport, httpTransport } from './http_transport.ts';
import { type Certificates, makeCertificates } from './make_certificates.ts';

const edges = { clock: systemClock, random: seededRandom(1), log: silentLogger };
let certificates: Certificates;
let http: Awaited<ReturnType<typeof serveHttp>>;
let serve: (port: number) => ReturnType<typeof serveHttp>;
let transport: HttpTransport;
let client: Client;
let stop: AbortController;
let running: Promise<unknown>[];

beforeAll(async () => {
  certificates = await makeCertificates();
});

beforeEach(async () => {
  stop = new AbortController();
  const server = createApiServer({
    ...edges,
    store: memoryStore(),
    resources,
    authenticators: [],
    authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
    admission: [],
  });
  running = [server.run(stop.signal)];
  await server.ready();
  const tls = { ...certificates.server, clientCa: certificates.ca };
  serve = (port) => serveHttp({ ...edges, handle: server.handle, tls, host: '127.0.0.1', port });
  http = await serve(0);
  transport = httpTransport({
    server: `https://127.0.0.1:${http.port}`,
    ca: certificates.ca,
    ...certificates.client,
  });
  client = createClient(transport);
});

afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  transport.close();
  await http.close(0);
});

const configMap = (name: string, data: Record<string, string> = {}) => ({
  metadata: { name, namespace: 'default' },
  data,
});

test('objects, lists and refusals come over the wire as they are', async () => {
  const created = await client.create(refs.configMaps, configMap('a', { x: '1' }));
  expect(created).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { x: '1' } });
  await client.update(refs.configMaps, { ...created, data: { x: '2' } });
  await expect(client.update(refs.configMaps, created)).rejects.toSatisfy(isConflict);
  const { items } = await client.list(refs.configMaps, { namespace: 'default' });
  expect(items).toEqual([await client.get(refs.configMaps, 'a', 'default')]);
  await client.patch(refs.configMaps, 'a', 'default', 'json', [{ op: 'remove', path: '/data/x' }]);
  await client.delete(refs.configMaps, 'a', 'default', { gracePeriodSeconds: 0 });
  await expect(client.get(refs.configMaps, 'a', 'default')).rejects.toSatisfy(isNotFound);
  expect(await client.request('GET', '/healthz')).toBe('ok');
});

test('who the certificate names is who asks', async () => {
  const review = await client.create(refs.selfSubjectReviews, { metadata: {} });
  expect(review.status?.userInfo).toMatchObject({
    username: 'system:node:n1',
    groups: ['system:nodes', 'system:authenticated'],
  });
});

test('informers follow, and go on after the server was away', async () => {
  // Waits between attempts are a hundredth of what they are.
  const sleep = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal);
  const informers = createInformers({ client, ...edges, clock: { ...systemClock, sleep } });
  const maps = informers.for(refs.configMaps, { namespace: 'default' });
  running.push(informers.run(stop.signal));
  await informers.synced();
  await client.create(refs.configMaps, configMap('a'));
  await vi.waitFor(() => expect(maps.get('default/a')).toBeDefined());

  const { port } = http;
  await http.close(0);
  http = await serve(port);
  await client.create(refs.configMaps, configMap('b'));
  await vi.waitFor(() => expect(maps.get('default/b')).toBeDefined(), { timeout: 4_000 });
});
