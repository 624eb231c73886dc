import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { FakeClock } from '@kubets/base';
import { afterEach, expect, test } from 'vitest';
import { joinSockets } from './join_sockets.ts';
import { readToTheEnd } from './read_to_the_end.ts';

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const near = connect({ port, host: '127.0.0.1' });
  const [[far]] = await Promise.all([once(server, 'connection') as Promise<[Socket]>, once(near, 'connect')]);
  server.close();
  open.push(near, far);
  return [near, far];
}

/** The far end sends `output` and resets the connection; then a write of the near end fails. */
async function resetAfter(near: Socket, far: Socket, output: string): Promise<void> {
  await new Promise((resolve) => far.write(output, resolve));
  far.resetAndDestroy();
  let failed = false;
  near.once('error', () => (failed = true));
  while (!failed) await new Promise((resolve) => near.write('input', resolve));
}

test('what came before a reset is read, though writes fail', async () => {
  const [near, far] = await socketPair();
  readToTheEnd(near);
  await resetAfter(near, far, 'output');
  let read = '';
  near.on('data', (chunk) => (read += chunk));
  await once(near, 'end');
  expect(read).toBe('output');
});

test('joined sockets carry both ways, and close together', async () => {
  const [client, left] = await socketPair();
  const [right, server] = await socketPair();
  const joined = joinSockets(left, right, { clock: new FakeClock() });
  client.write('ping');
  expect((await once(server, 'data'))[0].toString()).toBe('ping');
  server.end('pong'.repeat(100_000));
  expect((await text(client)).length).toBe(400_000);
  await joined;
  expect([left.destroyed, right.destroyed]).toEqual([true, true]);
});

test('a client that goes, and a signal that aborts, close both', async () => {
  const [client, left] = await socketPair();
  const [right, server] = await socketPair();
  const joined = joinSockets(left, right, { clock: new FakeClock() });
  server.resume();
  client.destroy();
  await Promise.all([joined, once(server, 'end')]);

  const stop = new AbortController();
  const [, left2] = await socketPair();
  const [right2] = await socketPair();
  const joined2 = joinSockets(left2, right2, { clock: new FakeClock(), signal: stop.signal });
  stop.abort();
  await joined2;
  expect([left2.destroyed, right2.destroyed]).toEqual([true, true]);
});
