import { connect as connectTcp } from 'node:net';
import type { UserInfo } from '@kubets/api';
import { seededRandom, silentLogger, systemClock } from '@kubets/base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';
import { type HttpServer, serveHttp } from './index.ts';

let api: TestServer;
let http: HttpServer;
const user: UserInfo = { username: 'admin', groups: ['system:masters'] };
const maps = '/api/v1/namespaces/default/configmaps';

beforeAll(async () => {
  api = await startTestServer({ authenticators: [{ name: 'all', authenticate: () => user }] });
  await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
  await api.clock.advance(1_000);
  http = await serveHttp({
    handle: api.server.handle,
    tls: undefined,
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLogger,
  });
});
afterAll(async () => {
  await http.close(0);
  await api.stop();
});

/** What comes back for these bytes, until the server closes. */
function say(lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(http.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

const ask = (target: string, ...more: string[]) =>
  say([`GET ${target} HTTP/1.1`, 'Host: x', 'Connection: close', ...more]);

describe('answers on the wire', () => {
  test('say how the request was classified', async () => {
    const text = await ask(`${maps}/a`);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text).toMatch(/x-kubernetes-pf-flowschema-uid: [0-9a-f-]{36}/i);
    expect(text).toMatch(/x-kubernetes-pf-prioritylevel-uid: [0-9a-f-]{36}/i);
  });

  test('a target that is no URL', async () => {
    expect(await ask('/api/v1/%zz')).toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*\r\n400 Bad Request$/);
  });

  test('a refusal is not hidden by what the client accepts', async () => {
    const text = await ask(`${maps}/none`, 'Accept: application/json;as=Table;g=meta.k8s.io;v=v1');
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).toContain('configmaps \\"none\\" not found');
    const yaml = await ask(`${maps}/none`, 'Accept: application/yaml');
    expect(yaml).toContain('content-type: application/yaml');
    expect(yaml).toContain('reason: NotFound');
  });

  test('events have no YAML form', async () => {
    const text = await ask(`${maps}?watch=1`, 'Accept: application/yaml');
    expect(text).toMatch(/^HTTP\/1\.1 406 /);
    expect(text).toContain('application/json;stream=watch');
  });

  test('HEAD is for what streams alone', async () => {
    const text = await say([`HEAD ${maps}/a HTTP/1.1`, 'Host: x', 'Connection: close']);
    expect(text).toMatch(/^HTTP\/1\.1 405 /);
  });
});

describe('connections that ask for an upgrade', () => {
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket'];

  test('and get the answer that there is without one', async () => {
    const text = await say([`GET ${maps}/a HTTP/1.1`, 'Host: x', ...upgrade]);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text).toContain('"data":{"k":"v"}');
  });

  test('a watch sends each event as a message', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${http.port}${maps}?watch=true`);
    const message = await new Promise<string>((resolve, reject) => {
      socket.once('message', (data) => resolve(String(data)));
      socket.once('error', reject);
    });
    expect(JSON.parse(message)).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap' } });
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.close();
    });
  });

  test('a watch in protobuf sends binary messages', async () => {
    const headers = { accept: 'application/vnd.kubernetes.protobuf;stream=watch' };
    const socket = new WebSocket(`ws://127.0.0.1:${http.port}${maps}?watch=true`, { headers });
    const isBinary = await new Promise<boolean>((resolve, reject) => {
      socket.once('message', (_, binary) => resolve(binary));
      socket.once('error', reject);
    });
    expect(isBinary).toBe(true);
    socket.terminate();
  });
});
