import { once } from 'node:events';
import { createServer as createHttp1Server } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { isExpired, isNotFound, type Pod } from '@kubets/api';
import { FakeClock } from '@kubets/base';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WatchEvent } from '../client.ts';
import { createClient } from '../create_client.ts';
import { refs } from '../refs.ts';
import { isTransportError } from '../transport.ts';
import { type HttpTransport, httpTransport } from './http_transport.ts';
import { type Certificates, makeCertificates } from './make_certificates.ts';

type Answer = (request: Http2ServerRequest, response: Http2ServerResponse) => unknown;

let certificates: Certificates;
let server: Http2SecureServer;
let sessions: ServerHttp2Session[];
let answer: Answer;
let transport: HttpTransport;

beforeAll(async () => {
  certificates = await makeCertificates();
});

beforeEach(async () => {
  const { ca } = certificates;
  sessions = [];
  server = createSecureServer({ ...certificates.server, ca, requestCert: true, rejectUnauthorized: false });
  server.on('session', (session) => sessions.push(session));
  server.on('request', (request, response) => answer(request, response));
  transport = httpTransport({
    server: `https://127.0.0.1:${await listen(server)}`,
    ca,
    ...certificates.client,
  });
});

afterEach(async () => {
  transport.close();
  for (const session of sessions) session.destroy();
  server.close();
});

async function listen(listener: { listen(port: number, host: string): unknown; address(): unknown }) {
  listener.listen(0, '127.0.0.1');
  await once(listener as never, 'listening');
  return (listener.address() as AddressInfo).port;
}

function json(response: Http2ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const pod = (name: string, resourceVersion: string) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, resourceVersion },
    spec: { containers: [] },
  }) as unknown as Pod;

describe('requests', () => {
  test('carry method, path, query, body and who asks', async () => {
    const seen: unknown[] = [];
    answer = async (request, response) => {
      const socket = request.stream.session!.socket as TLSSocket;
      seen.push({
        method: request.method,
        url: request.url,
        type: request.headers['content-type'],
        body: JSON.parse((await text(request)) || 'null'),
        user: socket.getPeerCertificate().subject.CN,
        authorized: socket.authorized,
      });
      json(response, 201, pod('web', '7'));
    };
    const client = createClient(transport);
    const created = await client.create(
      refs.configMaps,
      { metadata: { name: 'a', namespace: 'x' } },
      { dryRun: true },
    );
    expect(created.metadata.resourceVersion).toBe('7');
    await client.get(refs.pods, 'web', 'x');
    const user = { user: 'system:node:n1', authorized: true };
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/api/v1/namespaces/x/configmaps?dryRun=All',
        type: 'application/json',
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'x' } },
        ...user,
      },
      { method: 'GET', url: '/api/v1/namespaces/x/pods/web', type: undefined, body: null, ...user },
    ]);
  });

  test('share one connection', async () => {
    answer = (_, response) => json(response, 200, pod('web', '7'));
    await Promise.all(Array.from({ length: 50 }, () => transport.request({ method: 'GET', path: '/api' })));
    expect(sessions).toHaveLength(1);
  });

  test('send a token that is renewed, and headers of the configuration', async () => {
    const seen: unknown[] = [];
    answer = (request, response) => {
      seen.push([request.headers['authorization'], request.headers['impersonate-group']]);
      json(response, 200, {});
    };
    let token = 'one';
    const { ca } = certificates;
    const { port } = server.address() as AddressInfo;
    const withToken = httpTransport({
      server: `https://127.0.0.1:${port}`,
      ca,
      token: () => token,
      headers: { 'impersonate-group': ['a', 'b'] },
    });
    await withToken.request({ method: 'GET', path: '/api' });
    token = 'two';
    await withToken.request({ method: 'GET', path: '/api' });
    withToken.close();
    expect(seen).toEqual([
      ['Bearer one', 'a, b'],
      ['Bearer two', 'a, b'],
    ]);
  });

  test('of lists give items with their type, as typed clients expect', async () => {
    const item = { metadata: { name: 'web', namespace: 'x' } };
    answer = (_, response) =>
      json(response, 200, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: { resourceVersion: '9' },
        items: [item],
      });
    const list = await createClient(transport).list(refs.pods);
    expect(list).toEqual({ items: [{ ...item, apiVersion: 'v1', kind: 'Pod' }], resourceVersion: '9' });
  });

  test('reject with the Status of a refusal, or one like it', async () => {
    answer = ({ url }, response) => {
      if (url === '/a')
        json(response, 404, { kind: 'Status', code: 404, reason: 'NotFound', message: 'no such pod' });
      else response.writeHead(503).end('upstream is down\n');
    };
    const error: any = await transport.request({ method: 'GET', path: '/a' }).catch((thrown) => thrown);
    expect(isNotFound(error)).toBe(true);
    expect(error.message).toBe('no such pod');
    await expect(transport.request({ method: 'GET', path: '/b' })).rejects.toMatchObject({
      status: { code: 503, reason: 'ServiceUnavailable', message: 'upstream is down' },
    });
  });

  test('wait when they are told to', async () => {
    let requests = 0;
    answer = (_, response) => {
      if (++requests < 3) response.writeHead(429, { 'retry-after': '2' }).end('later');
      else json(response, 200, { ok: true });
    };
    const clock = new FakeClock();
    const slept: number[] = [];
    const { ca } = certificates;
    const { port } = server.address() as AddressInfo;
    const patient = httpTransport({
      server: `https://127.0.0.1:${port}`,
      ca,
      clock: {
        now: () => clock.now(),
        after: (ms, run) => clock.after(ms, run),
        sleep: async (ms) => void slept.push(ms),
      },
    });
    expect(await patient.request({ method: 'GET', path: '/api' })).toEqual({ ok: true });
    expect(slept).toEqual([2_000, 2_000]);
    patient.close();
  });

  test('that nobody answers end with a timeout or their signal', async () => {
    answer = () => {};
    const clock = new FakeClock();
    const { ca } = certificates;
    const { port } = server.address() as AddressInfo;
    const impatient = httpTransport({ server: `https://127.0.0.1:${port}`, ca, clock });
    const first = impatient.request({ method: 'GET', path: '/api' });
    await clock.advance(70_000);
    await expect(first).rejects.toMatchObject({ name: 'TransportError', code: 'ETIMEDOUT' });
    const stop = new AbortController();
    const second = impatient.request({ method: 'GET', path: '/api', signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(second).rejects.toThrow('stopped');
    impatient.close();
  });

  test('reject with a TransportError when there is no server, or one that nobody vouches for', async () => {
    const nobody = httpTransport({ server: 'https://127.0.0.1:1' });
    await expect(nobody.request({ method: 'GET', path: '/api' })).rejects.toMatchObject({
      name: 'TransportError',
      code: 'ECONNREFUSED',
    });
    const { port } = server.address() as AddressInfo;
    const stranger = httpTransport({ server: `https://127.0.0.1:${port}` });
    const error = await stranger.request({ method: 'GET', path: '/api' }).catch((thrown) => thrown);
    expect(isTransportError(error)).toBe(true);
  });

  test('use a new connection after the old one broke or was left', async () => {
    answer = (_, response) => json(response, 200, {});
    await transport.request({ method: 'GET', path: '/api' });
    sessions[0]!.destroy();
    await transport.request({ method: 'GET', path: '/api' });
    expect(sessions).toHaveLength(2);
    transport.reconnect();
    await transport.request({ method: 'GET', path: '/api' });
    expect(sessions).toHaveLength(3);
  });
});

describe('watch', () => {
  const watchPods = (signal = new AbortController().signal) =>
    createClient(transport).watch(refs.pods, { resourceVersion: '7' }, signal);
  const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

  test('gives events in batches as they come, also in pieces', async () => {
    const large = { ...pod('large', '10'), note: 'ä'.repeat(100_000) };
    answer = async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(line('ADDED', pod('a', '8')) + line('MODIFIED', pod('a', '9')));
      await new Promise((resolve) => setImmediate(resolve));
      response.write(line('ADDED', large));
      response.write(line('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '11' } }));
      response.end();
    };
    const events: WatchEvent<Pod>[] = [];
    for await (const batch of watchPods()) events.push(...batch);
    expect(events).toEqual([
      { type: 'ADDED', object: pod('a', '8') },
      { type: 'MODIFIED', object: pod('a', '9') },
      { type: 'ADDED', object: large },
      { type: 'BOOKMARK', resourceVersion: '11' },
    ]);
  });

  test('rejects with an error event, after what came before it', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        line('ADDED', pod('a', '8')) +
          line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'old' }),
      );
    };
    const events: unknown[] = [];
    const watch = (async () => {
      for await (const batch of watchPods()) events.push(...batch);
    })();
    const error = await watch.catch((thrown) => thrown);
    expect(isExpired(error)).toBe(true);
    expect(events).toHaveLength(1);
  });

  test('ends at the server when its signal aborts', async () => {
    let closed: Promise<unknown> | undefined;
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(line('ADDED', pod('a', '8')));
      closed = once(request.stream, 'close');
    };
    const stop = new AbortController();
    for await (const _ of watchPods(stop.signal)) stop.abort();
    await closed;
  });

  test('rejects with a TransportError when the connection breaks', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(line('ADDED', pod('a', '8')));
    };
    const watch = watchPods()[Symbol.asyncIterator]();
    await watch.next();
    sessions[0]!.destroy();
    const error = await watch.next().catch((thrown) => thrown);
    expect(isTransportError(error)).toBe(true);
  });
});

describe('servers without HTTP/2', () => {
  test.each(['http', 'https'] as const)('are spoken to in HTTP/1.1 over %s', async (protocol) => {
    const { ca } = certificates;
    const onRequest = (request: { url?: string; headers: object }, response: any) =>
      json(response, 200, { url: request.url, ...request.headers });
    const old =
      protocol === 'http' ? createHttp1Server(onRequest) : createHttpsServer(certificates.server, onRequest);
    const port = await listen(old);
    const client = httpTransport({ server: `${protocol}://127.0.0.1:${port}/proxy/`, ca, token: 't' });
    expect(await client.request({ method: 'GET', path: '/api', query: { a: 'b' } })).toMatchObject({
      url: '/proxy/api?a=b',
      authorization: 'Bearer t',
    });
    client.close();
    old.close();
  });
});
