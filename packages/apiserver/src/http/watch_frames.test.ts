import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { seededRandom, silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventTap, ServerWatchEvent } from '../request.ts';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';
import { type HttpServer, serveHttp } from './index.ts';
import { makeAuthority } from './testing/certificates.ts';
import { WatchFrames } from './watch_frames.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const maxPending = 20;
let api: TestServer;
let http: HttpServer;
let session: ClientHttp2Session;

beforeEach(async () => {
  const authority = await makeAuthority();
  api = await startTestServer({ limits: { maxPendingWatchEvents: maxPending } });
  http = await serveHttp({
    handle: api.server.handle,
    tls: await authority.sign('CN=server'),
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLogger,
  });
  session = connect(`https://127.0.0.1:${http.port}`, {
    ca: authority.ca,
    settings: { initialWindowSize: 2_000 },
  });
});
afterEach(async () => {
  session.destroy();
  await http.close(0);
  await api.stop();
});

function watch(query: string): Promise<ClientHttp2Stream> {
  const stream = session.request({ ':path': `${maps}?watch=true&${query}` });
  stream.pause();
  return new Promise((resolve) => stream.once('response', () => resolve(stream)));
}

async function linesOf(stream: ClientHttp2Stream): Promise<any[]> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

test('a client that reads nothing holds a bounded number of events, gets those in order, and its watch ends', async () => {
  const stream = await watch('resourceVersion=0');
  const writes = 100;
  for (let i = 0; i < writes; i++) {
    await api.send('POST', maps, configMapNamed(`m${i}`, { k: 'x'.repeat(1_000) }));
    // Each event has the time to go out, as far as the client lets it.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const names = (await linesOf(stream)).map(({ object }) => object.metadata.name);
  expect(names.length).toBeLessThan(3 * maxPending);
  expect(names).toEqual(names.map((_, i) => `m${i}`));
});

test('a watch of a client that reads at last goes on where it was', async () => {
  const stream = await watch('resourceVersion=0&timeoutSeconds=1');
  for (let i = 0; i < 10; i++)
    await api.send('POST', maps, configMapNamed(`m${i}`, { k: 'x'.repeat(1_000) }));
  const reading = linesOf(stream);
  await api.clock.advance(1_500);
  expect((await reading).map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(
    Array.from({ length: 10 }, (_, i) => `ADDED m${i}`),
  );
});

test('an event that has no frame breaks the watch off', () => {
  const event: ServerWatchEvent = { type: 'ADDED', object: {} };
  const failures: unknown[] = [];
  let isClosed = false;
  const batches = [[event, event]];
  const tap: EventTap = { take: () => batches.shift(), isEnded: false, close: () => (isClosed = true) };
  const frames = new WatchFrames({
    events: { tap: () => tap, async *[Symbol.asyncIterator]() {} },
    observer: undefined,
    frame() {
      throw new Error('no frame');
    },
    onFailure: (error) => failures.push(error),
  });
  let close = () => {};
  frames.sendOn({ follow: () => () => {}, onClose: (listener) => (close = listener) });
  expect(frames.next()).toBeUndefined();
  expect(failures).toHaveLength(1);
  close();
  expect(isClosed).toBe(true);
});
