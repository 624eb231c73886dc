import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '@kubets/base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { refuseUpgrade } from './refuse_upgrade.ts';
import { sendOverWebSocket } from './web_socket_reader.ts';

const server = createServer();
const clock = new FakeClock();
let produced = 0;

async function* endless() {
  for (; ; produced++) yield Buffer.alloc(64 * 1024);
}

async function* lines() {
  yield Buffer.from('one\n');
  yield Buffer.from('two\n');
}

beforeAll(async () => {
  server.on('upgrade', (message, socket, head) => {
    const request = { headers: message.headers as Record<string, string>, socket, head };
    sendOverWebSocket(request, message.url === '/endless' ? endless() : lines(), clock).catch((error) =>
      refuseUpgrade(socket, error),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

function open(path: string, ...protocols: string[]): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, protocols);
}

test.each([
  ['binary.k8s.io', ['one\n', 'two\n'], true],
  ['base64.binary.k8s.io', ['b25lCg==', 'dHdvCg=='], false],
])('%s: one message for each chunk, then the end', async (protocol, expected, binary) => {
  const socket = open('/', protocol);
  const messages: string[] = [];
  socket.on('message', (message, isBinary) => {
    expect(isBinary).toBe(binary);
    messages.push(message.toString());
  });
  const [code] = await once(socket, 'close');
  expect({ code, messages, protocol: socket.protocol }).toEqual({ code: 1000, messages: expected, protocol });
});

test('a client that goes ends the source', async () => {
  const socket = open('/endless');
  await once(socket, 'message');
  socket.terminate();
  await once(socket, 'close');
  let before = -1;
  while (before !== produced) {
    before = produced;
    await new Promise((resolve) => server.getConnections(resolve));
  }
});

test('unknown protocols are refused with a Status', async () => {
  const [, response] = await once(
    open('/', 'other.k8s.io').on('error', () => {}),
    'unexpected-response',
  );
  expect(response.statusCode).toBe(403);
  response.destroy();
});
