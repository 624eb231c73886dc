// Real clients over real sockets.
import { spawn, spawnSync } from 'node:child_process';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BlockPool } from '../block_pool.ts';
import type { ServerConnection } from '../connection.ts';
import type { ServerStream } from '../stream.ts';
import { serveSocket } from './serve_socket.ts';

let server: Server;
let port: number;
let connections: ServerConnection[];
let sockets: Socket[];
let sessions: ClientHttp2Session[];

beforeEach(async () => {
  connections = [];
  sockets = [];
  sessions = [];
  const pool = new BlockPool();
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    connections.push(serveSocket(socket, { pool, clock: systemClock, serve }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const session of sessions) session.destroy();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** `/size/N` answers N bytes, everything else what was sent. */
async function serve(stream: ServerStream): Promise<void> {
  const size = /^\/size\/(\d+)$/.exec(stream.headers[':path']!)?.[1];
  const body = size ? Buffer.alloc(Number(size), 'x') : await readAll(stream);
  stream.respond(200, { 'content-length': body.length, 'x-method': stream.headers[':method']! });
  if (stream.headers[':method'] === 'HEAD') stream.end();
  else stream.end(body);
}

function readAll({ body }: ServerStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve) => {
    if (!body) return resolve(Buffer.alloc(0));
    body.watch(() => {
      for (let chunk = body.read(); chunk; chunk = body.read()) chunks.push(chunk);
      if (body.isEnded) resolve(Buffer.concat(chunks));
    });
  });
}

function session(): ClientHttp2Session {
  const made = connect(`http://127.0.0.1:${port}`, { createConnection: () => connectTcp(port, '127.0.0.1') });
  made.on('error', () => {});
  sessions.push(made);
  return made;
}

function ask(over: ClientHttp2Session, path: string, body?: Buffer, method = body ? 'POST' : 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const stream = over.request({ ':path': path, ':method': method });
      const chunks: Buffer[] = [];
      let headers: any = {};
      stream.on('response', (got) => (headers = got));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => resolve({ status: headers[':status'], headers, body: Buffer.concat(chunks) }));
      stream.on('error', reject);
      stream.end(body);
    },
  );
}

describe("Node's client", () => {
  test('many requests at once, large and small', async () => {
    const over = session();
    const sizes = Array.from({ length: 300 }, (_, index) => (index % 10 === 0 ? 500_000 + index : index));
    const answers = await Promise.all(sizes.map((size) => ask(over, `/size/${size}`)));
    expect(answers.map(({ body }) => body.length)).toEqual(sizes);
    expect(connections[0]!.streams.size).toBe(0);
  });

  test('bodies both ways', async () => {
    const over = session();
    const body = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    const answers = await Promise.all([1, 2, 3].map(() => ask(over, '/', body)));
    for (const answer of answers) expect(answer.body.equals(body)).toBe(true);
  });

  test('HEAD', async () => {
    const answer = await ask(session(), '/size/1000', undefined, 'HEAD');
    expect(answer.headers).toMatchObject({ ':status': 200, 'content-length': '1000', 'x-method': 'HEAD' });
    expect(answer.body).toHaveLength(0);
  });

  test('a ping', async () => {
    const over = session();
    await ask(over, '/size/1');
    const took = await new Promise<number>((resolve, reject) =>
      over.ping((error, duration) => (error ? reject(error) : resolve(duration))),
    );
    expect(took).toBeGreaterThan(0);
  });

  test('what it breaks off is told to who serves', async () => {
    const over = session();
    const stream = over.request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    stream.write('x');
    await expect.poll(() => connections[0]?.streams.size).toBe(1);
    stream.close(8);
    await expect.poll(() => connections[0]!.streams.size).toBe(0);
    expect((await ask(over, '/size/5')).body).toHaveLength(5);
  });

  test('a shutdown lets it finish', async () => {
    const over = session();
    await ask(over, '/size/1');
    const body = Buffer.alloc(1_000, 'y');
    const stream = over.request({ ':method': 'POST', ':path': '/' });
    stream.write(body);
    await expect.poll(() => connections[0]!.streams.size).toBe(1);
    connections[0]!.close();
    await new Promise((resolve) => over.once('goaway', resolve));
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => stream.on('end', resolve));
    stream.end();
    await ended;
    expect(Buffer.concat(chunks)).toHaveLength(1_000);
    await new Promise<void>((resolve) => (over.destroyed ? resolve() : over.once('close', () => resolve())));
  });
});

describe.skipIf(spawnSync('curl', ['--version']).stdout?.includes('HTTP2') !== true)('curl', () => {
  function curl(...args: string[]): Promise<string> {
    const child = spawn('curl', ['-sS', '--http2-prior-knowledge', ...args]);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk));
    return new Promise((resolve) => child.on('close', () => resolve(text)));
  }

  test('gets and posts', async () => {
    const url = `http://127.0.0.1:${port}`;
    expect(await curl(`${url}/size/100000`)).toBe('x'.repeat(100_000));
    expect(await curl('-d', 'a=b', '-w', ' %{http_version} %{http_code}', `${url}/`)).toBe('a=b 2 200');
    expect(await curl('-I', `${url}/size/7`)).toMatch(/^HTTP\/2 200 \r\ncontent-length: 7\r\n/);
  });
});
