import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { systemClock } from '@kubets/base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import type { HttpServer } from '../../index.ts';
import { SpdySession } from '../spdy/session.ts';
import { startFakeApi } from '../testing/fake_api.ts';
import { type FakeKubelet, startFakeKubelet } from '../testing/fake_kubelet.ts';

let kubelet: FakeKubelet;
let api: HttpServer;
beforeAll(async () => {
  kubelet = await startFakeKubelet();
  api = await startFakeApi(kubelet.url);
});
afterAll(async () => {
  await api.close(0);
  kubelet.close();
});

// `ws` as a client refuses the name of the tunnel's protocol in the list as well as in the answer.
async function tunnel(pod = 'web'): Promise<SpdySession> {
  const { request } = await import('node:http');
  const protocol = 'SPDY/3.1+portforward.k8s.io';
  const asked = request({
    host: '127.0.0.1',
    port: api.port,
    path: `/api/v1/namespaces/default/pods/${pod}/portforward`,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-version': '13',
      'sec-websocket-protocol': protocol,
    },
  });
  asked.end();
  const [answer, socket, head] = await Promise.race([
    once(asked, 'upgrade'),
    once(asked, 'response').then(async ([response]) => Promise.reject(new Error(await text(response)))),
  ]);
  expect(answer.headers['sec-websocket-protocol']).toBe(protocol);
  const client = new WebSocket(null as never, undefined as never, {});
  // What the library's own client does with an upgraded connection.
  (client as any)._isServer = false;
  (client as any).setSocket(socket, head, {
    allowSynchronousEvents: true,
    maxPayload: 0,
    skipUTF8Validation: true,
  });
  return new SpdySession({ socket: createWebSocketStream(client), side: 'client', clock: systemClock });
}

async function open(session: SpdySession, port: number, requestID: string) {
  const of = { port: String(port), requestID };
  const error = await session.openStream({ streamType: 'error', ...of });
  error.end();
  return { error, data: await session.openStream({ streamType: 'data', ...of }) };
}

describe('port forwarding', () => {
  test('tunnels SPDY in a WebSocket; each connection is two streams', async () => {
    const session = await tunnel();
    const [a, b] = await Promise.all([open(session, 7, '0'), open(session, 7, '1')]);
    a.data.end('first');
    b.data.end('second');
    expect(await Promise.all([a, b].map(({ data }) => text(data)))).toEqual(['echo: first', 'echo: second']);
    expect(await text(a.error)).toBe('');
    await session.close();
  });

  test('a port that is closed in the pod is told on the error stream; the session goes on', async () => {
    const session = await tunnel();
    const { error } = await open(session, 8, '0');
    expect(await text(error)).toBe('error forwarding port 8 to pod web, uid u1: connection refused');
    const { data } = await open(session, 7, '1');
    data.end('x');
    expect(await text(data)).toBe('echo: x');
    await session.close();
    await expect(session.openStream({ streamType: 'data', port: '0' })).rejects.toThrow();
  });

  test('streams without a port are refused', async () => {
    const session = await tunnel();
    await expect(session.openStream({ streamType: 'data' })).rejects.toThrow('status 3');
    await session.close();
  });

  test('a kubelet that refuses is answered as a Status before the handshake', async () => {
    await expect(tunnel('gone')).rejects.toThrow('container not found');
  });

  test('two channels for each port, for clients without SPDY', async () => {
    const url = `ws://127.0.0.1:${api.port}/api/v1/namespaces/default/pods/web/portforward?ports=7,8`;
    const socket = new WebSocket(url, ['v4.channel.k8s.io']);
    const channels: Record<number, Buffer> = {};
    socket.on('message', (message: Buffer) => {
      const channel = message[0]!;
      channels[channel] = Buffer.concat([channels[channel] ?? Buffer.alloc(0), message.subarray(1)]);
    });
    await once(socket, 'open');
    socket.send(Buffer.concat([Buffer.of(0), Buffer.from('hi')]));
    while (channels[0]?.toString('utf8', 2) !== 'echo: hi' || (channels[3]?.length ?? 0) < 3)
      await once(socket, 'message');
    expect(channels[0]!.readUInt16LE()).toBe(7);
    expect(channels[3]!.readUInt16LE()).toBe(8);
    expect(channels[3]!.toString('utf8', 2)).toContain('connection refused');
    socket.close();
    await once(socket, 'close');
  });

  test('leaves no connection behind', async () => {
    for (const socket of kubelet.connections) await once(socket, 'close');
    expect(kubelet.connections.size).toBe(0);
  });
});
