import {
  createServer,
  type IncomingMessage,
  request as request1,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type ClientHttp2Session, connect as connect2 } from 'node:http2';
import { request as requestTls } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { seededRandom, silentLogger, systemClock } from '@kubets/base';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, podNamed, startTestServer, type TestServer } from '../testing/test_server.ts';
import { type HttpServer, type StreamingUpgrade, serveHttp } from './index.ts';
import { type Authority, makeAuthority } from './testing/certificates.ts';

const maps = '/api/v1/namespaces/default/configmaps';
let authority: Authority;
let serverPair: { cert: string; key: string };
let api: TestServer;
let http: HttpServer;
let upgrades: StreamingUpgrade[];

beforeAll(async () => {
  authority = await makeAuthority();
  serverPair = await authority.sign('CN=kube-apiserver');
});

interface Answer {
  status: number;
  headers: Record<string, any>;
  body: Buffer;
}

describe('over TLS', () => {
  const sessions: ClientHttp2Session[] = [];

  beforeEach(async () => {
    api = await startTestServer();
    http = await serveHttp({
      handle: api.server.handle,
      tls: { ...serverPair, clientCa: authority.ca },
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      random: seededRandom(1),
      log: silentLogger,
    });
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    await http.close(0);
    await api.stop();
  });

  function session(pair: { cert?: string; key?: string } = {}): ClientHttp2Session {
    const made = connect2(`https://127.0.0.1:${http.port}`, { ca: authority.ca, ...pair });
    made.on('error', () => {});
    sessions.push(made);
    return made;
  }

  function ask(
    over: ClientHttp2Session,
    method: string,
    path: string,
    options: { headers?: object; body?: string | Buffer } = {},
  ) {
    return new Promise<Answer>((resolve, reject) => {
      const stream = over.request({ ':method': method, ':path': path, ...options.headers });
      const chunks: Buffer[] = [];
      let headers: any = {};
      stream.on('response', (received) => (headers = received));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => resolve({ status: headers[':status'], headers, body: Buffer.concat(chunks) }));
      stream.on('error', reject);
      stream.end(options.body);
    });
  }

  test('HTTP/2: objects, lists, errors', async () => {
    const over = session();
    const body = JSON.stringify(configMapNamed('a', { k: 'v' }));
    const made = await ask(over, 'POST', maps, { body, headers: { 'content-type': 'application/json' } });
    expect(made.status).toBe(201);
    expect(made.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
      'audit-id': expect.any(String),
      date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/),
    });
    expect(JSON.parse(String((await ask(over, 'GET', `${maps}/a`)).body)).data).toEqual({ k: 'v' });
    expect(JSON.parse(String((await ask(over, 'GET', `${maps}?limit=5`)).body)).items).toHaveLength(1);
    const missing = await ask(over, 'GET', `${maps}/b`);
    expect(missing.status).toBe(404);
    expect(JSON.parse(String(missing.body))).toMatchObject({ kind: 'Status', reason: 'NotFound' });
    const table = await ask(over, 'GET', maps, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    expect(JSON.parse(String(table.body)).kind).toBe('Table');
    expect((await ask(over, 'GET', maps, { headers: { accept: 'text/html' } })).status).toBe(406);
    expect((await ask(over, 'DELETE', `${maps}/a`)).status).toBe(200);
  });

  test('a certificate is the user, once for the connection; one of another authority is nobody', async () => {
    const who = async (pair: object) => {
      const answer = await ask(session(pair), 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      return answer.status === 201 ? JSON.parse(String(answer.body)).status.userInfo : answer.status;
    };
    expect(await who(await authority.sign('O=dev,O=ops,CN=jane'))).toMatchObject({
      username: 'jane',
      groups: ['dev', 'ops', 'system:authenticated'],
    });
    expect(await who({})).toMatchObject({ username: 'system:anonymous' });
    expect(await who(await (await makeAuthority()).sign('CN=jane'))).toBe(401);
  });

  test.each([
    ['on the same port', '/version'],
    ['with a path longer than most', `/version?command=${'a'.repeat(20_000)}`],
  ])('HTTP/1.1 %s', async (_, path) => {
    const answer = await new Promise<number>((resolve, reject) => {
      const sent = requestTls(
        `https://127.0.0.1:${http.port}${path}`,
        { ca: authority.ca, agent: false },
        (got) => {
          got.resume();
          resolve(got.statusCode!);
        },
      );
      sent.on('error', reject);
      sent.end();
    });
    expect(answer).toBe(200);
  });

  test('HTTP/2 with a path longer than most', async () => {
    expect((await ask(session(), 'GET', `/version?command=${'a'.repeat(20_000)}`)).status).toBe(200);
  });

  test('large answers are compressed for those who can read it', async () => {
    const over = session();
    await api.send('POST', maps, configMapNamed('big', { k: 'x'.repeat(200_000) }));
    const answer = await ask(over, 'GET', `${maps}/big`, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(answer.body.length).toBeLessThan(10_000);
    expect(JSON.parse(String(gunzipSync(answer.body))).data.k).toHaveLength(200_000);
    expect((await ask(over, 'GET', `${maps}/big`)).headers['content-encoding']).toBeUndefined();
  });

  test('a body past the limit', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024 + 1, 0x20);
    const answer = await ask(session(), 'POST', maps, {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(413);
    expect(JSON.parse(String(answer.body)).message).toBe('Request entity too large: limit is 3145728');
  });

  test('warnings are headers', async () => {
    const body = JSON.stringify({ ...configMapNamed('a'), foo: 1 });
    const answer = await ask(session(), 'POST', maps, {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.headers['warning']).toBe('299 - "unknown field \\"foo\\""');
  });

  test('a watch streams as events come and ends with its reader', async () => {
    const over = session();
    const stream = over.request({ ':path': `${maps}?watch=true&resourceVersion=0` });
    const lines: string[] = [];
    let wake = () => {};
    stream.on('data', (chunk: Buffer) => {
      lines.push(...String(chunk).trim().split('\n'));
      wake();
    });
    await new Promise((resolve) => stream.on('response', resolve));
    const next = () => new Promise<void>((resolve) => (wake = resolve));
    for (const name of ['a', 'b']) {
      const arrived = next();
      await api.send('POST', maps, configMapNamed(name));
      await arrived;
    }
    expect(
      lines.map((line) => JSON.parse(line)).map(({ type, object }) => `${type} ${object.metadata.name}`),
    ).toEqual(['ADDED a', 'ADDED b']);
    stream.close();
    await new Promise((resolve) => stream.on('close', resolve));
    await expect
      .poll(async () => ((await api.call('GET', '/metrics')) as any).body)
      .not.toContain('resource="configmaps",verb="WATCH"');
  });

  test('new certificates for new connections', async () => {
    http.renew({ ...(await authority.sign('CN=renewed')), clientCa: authority.ca });
    const over = session();
    await ask(over, 'GET', '/version');
    expect((over.socket as any).getPeerCertificate().subject.CN).toBe('renewed');
  });
});

describe('what goes on elsewhere', () => {
  let kubelet: Server;
  let seen: { request: IncomingMessage; body: string }[];
  let plainPort: number;

  beforeEach(async () => {
    seen = [];
    upgrades = [];
    kubelet = createServer((request, response) => answerAsKubelet(request, response));
    kubelet.on('upgrade', (_request, socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nhello',
      );
      socket.on('data', (chunk: Buffer) => socket.end(`echo ${chunk}`));
    });
    await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
    plainPort = (kubelet.address() as AddressInfo).port;
    api = await startTestServer();
    const handle: typeof api.server.handle = async (request) => {
      const result = await api.server.handle(request);
      if (result.type !== 'proxy') return result;
      // The fake kubelet speaks plain HTTP on a port of its own.
      const url = new URL(result.target.url.href.replace('https:', 'http:'));
      url.port = String(plainPort);
      return { type: 'proxy', target: { ...result.target, url } };
    };
    http = await serveHttp({
      handle,
      tls: undefined,
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      random: seededRandom(1),
      log: silentLogger,
      async serveStreaming(upgrade) {
        upgrades.push(upgrade);
        upgrade.socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
        );
      },
    });
    await api.send('POST', '/api/v1/nodes', { metadata: { name: 'n1' } });
    const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
    const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] };
    await api.send('PATCH', '/api/v1/nodes/n1/status', { status }, merge);
    await api.send('POST', '/api/v1/namespaces/default/pods', podNamed('p', { spec: { nodeName: 'n1' } }));
  });
  afterEach(async () => {
    await http.close(0);
    await api.stop();
    kubelet.closeAllConnections();
    await new Promise((resolve) => kubelet.close(resolve));
  });

  function answerAsKubelet(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      seen.push({ request, body });
      if (request.url!.startsWith('/moved')) response.writeHead(302, { location: '/there?x=1' }).end();
      else
        response
          .writeHead(200, { 'content-type': 'text/plain', connection: 'close', 'x-kept': 'yes' })
          .end(`log of ${request.url}`);
    });
  }

  function ask(
    method: string,
    path: string,
    options: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request1(
        `http://127.0.0.1:${http.port}${path}`,
        { method, headers: options.headers, agent: false },
        (got) => {
          const chunks: Buffer[] = [];
          got.on('data', (chunk: Buffer) => chunks.push(chunk));
          got.on('end', () =>
            resolve({ status: got.statusCode!, headers: got.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(options.body);
    });
  }

  test('logs', async () => {
    const answer = await ask('GET', '/api/v1/namespaces/default/pods/p/log?tailLines=3');
    expect(answer.status).toBe(200);
    expect(String(answer.body)).toBe('log of /containerLogs/default/p/c?tailLines=3');
  });

  test('a proxied request arrives with its body and without credentials', async () => {
    const answer = await ask('POST', '/api/v1/nodes/n1/proxy/some/path?a=b', {
      body: 'hello',
      headers: { 'x-own': '1', 'impersonate-group': '', te: 'trailers' },
    });
    expect(answer.headers['x-kept']).toBe('yes');
    const [{ request, body }] = seen as [(typeof seen)[0]];
    expect(`${request.method} ${request.url} ${body}`).toBe('POST /some/path?a=b hello');
    expect(request.headers).toMatchObject({ 'x-own': '1', 'x-forwarded-for': '127.0.0.1' });
    for (const name of ['authorization', 'impersonate-group', 'te'])
      expect(request.headers[name]).toBeUndefined();
  });

  test('redirects stay within the proxy', async () => {
    const answer = await ask('GET', '/api/v1/nodes/n1/proxy/moved');
    expect(answer.headers['location']).toBe('/api/v1/nodes/n1/proxy/there?x=1');
  });

  test('nobody there', async () => {
    plainPort = 1;
    const answer = await ask('GET', '/api/v1/nodes/n1/proxy/x');
    expect(answer.status).toBe(503);
    expect(JSON.parse(String(answer.body)).message).toContain('error trying to reach service');
  });

  function upgrade(path: string, protocol: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connectTcp(http.port, '127.0.0.1', () =>
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`,
        ),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
        if (text.endsWith('hello')) socket.write('ping');
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
  }
  const exec = '/api/v1/namespaces/default/pods/p/exec?command=ls&stdout=true';

  test('SPDY goes through as it is', async () => {
    const text = await upgrade(exec, 'SPDY/3.1');
    expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols/);
    expect(text).toMatch(/helloecho ping$/);
  });

  test('WebSocket streams are handed to the hook', async () => {
    await upgrade(exec, 'websocket');
    expect(upgrades[0]!.target).toMatchObject({ protocol: 'exec', as: 'kubelet' });
    expect(upgrades[0]!.headers['upgrade']).toBe('websocket');
    const far = await upgrades[0]!.dial();
    far.destroy();
  });

  test('an upgrade that is refused', async () => {
    const text = await upgrade('/api/v1/namespaces/default/pods/none/exec?command=ls', 'SPDY/3.1');
    expect(text).toMatch(/^HTTP\/1\.1 404/);
    expect(text).toContain('pods \\"none\\" not found');
  });
});
