import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { FakeClock } from '@kubets/base';
import { afterEach, describe, expect, test } from 'vitest';
import { FrameReader } from './frame_reader.ts';
import { FrameWriter } from './frame_writer.ts';
import { type Frame, resetStatus } from './frames.ts';
import { SpdySession, type SpdySessionOptions } from './session.ts';
import type { SpdyStream } from './stream.ts';

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

/** A client and a server; streams that the server gets arrive in `next()`. */
async function sessions(options: Partial<SpdySessionOptions> = {}) {
  const [near, far] = await socketPair();
  const clock = new FakeClock();
  const arrived: SpdyStream[] = [];
  const waiting: ((stream: SpdyStream) => void)[] = [];
  const client = new SpdySession({ socket: near, side: 'client', clock, ...options });
  const server = new SpdySession({
    socket: far,
    side: 'server',
    clock,
    accept: (headers) => headers['streamtype'] !== 'unwanted',
    onStream: (stream) => {
      const waiter = waiting.shift();
      if (waiter) waiter(stream);
      else arrived.push(stream);
    },
  });
  const next = () => {
    const stream = arrived.shift();
    return stream ?? new Promise<SpdyStream>((resolve) => waiting.push(resolve));
  };
  return { clock, client, server, next };
}

/** A session whose peer is played by hand, frame by frame. */
async function byHand(options: Partial<SpdySessionOptions> = {}) {
  const [near, far] = await socketPair();
  const writer = new FrameWriter();
  const reader = new FrameReader();
  const session = new SpdySession({
    socket: near,
    side: 'server',
    clock: new FakeClock(),
    accept: () => true,
    ...options,
  });
  const frames: Frame[] = [];
  far.on('data', (chunk) => frames.push(...reader.read(chunk)));
  const until = async <T extends Frame['type']>(type: T) => {
    while (!frames.some((frame) => frame.type === type)) await once(far, 'data');
    return frames.find((frame) => frame.type === type) as Extract<Frame, { type: T }>;
  };
  return { session, far, writer, frames, until };
}

describe('a SPDY session', () => {
  test('opens streams with headers, carries data both ways and ends each way by itself', async () => {
    const { client, next } = await sessions();
    const near = await client.openStream({ streamType: 'data', port: '80' });
    const far = await next();
    expect(far.headers).toEqual({ streamtype: 'data', port: '80' });
    near.end('ping');
    const [ping] = await once(far, 'data');
    expect(ping.toString()).toBe('ping');
    far.end('pong');
    expect(await text(near)).toBe('pong');
  });

  test('carries more than a window, in order, both ways at once', async () => {
    const { client, next } = await sessions();
    const near = await client.openStream({});
    const far = await next();
    const bytes = Buffer.from(Uint32Array.from({ length: 500_000 }, (_, i) => i).buffer);
    near.end(bytes);
    far.end(bytes);
    const [atFar, atNear] = await Promise.all([buffer(far), buffer(near)]);
    expect(atFar.equals(bytes)).toBe(true);
    expect(atNear.equals(bytes)).toBe(true);
  });

  test('a stream that nobody reads holds up its writer, not its neighbour', async () => {
    const { client, next } = await sessions();
    const full = await client.openStream({});
    const fullFar = await next();
    full.write(Buffer.alloc(4 * 1024 * 1024));
    const other = await client.openStream({});
    const otherFar = await next();
    other.end('through');
    expect(await text(otherFar)).toBe('through');
    expect(full.writableLength).toBeGreaterThan(3 * 1024 * 1024);
    // The window, past what the stream takes off it as read: one buffer.
    expect(fullFar.readableLength).toBeLessThanOrEqual((256 + 64) * 1024);
  });

  test('a peer without flow control is held back by the connection', async () => {
    let stream!: SpdyStream;
    const { far, writer, until } = await byHand({ onStream: (s) => (stream = s) });
    far.write(writer.synStream(1, {}));
    await until('synReply');
    const bytes = Buffer.alloc(16 * 1024 * 1024, 7);
    far.write(writer.dataHeader(1, bytes.length - 1, true));
    far.write(bytes.subarray(1));
    while (far.writableLength === 0 || stream.readableLength === 0) await once(stream, 'readable');
    expect(stream.readableLength).toBeLessThan(1024 * 1024);
    expect((await buffer(stream)).length).toBe(bytes.length - 1);
  });

  test('a peer without flow control is sent more than a window', async () => {
    let stream!: SpdyStream;
    const { far, writer, until, frames } = await byHand({ onStream: (s) => (stream = s) });
    far.write(writer.synStream(1, {}));
    await until('synReply');
    stream.end(Buffer.alloc(1024 * 1024));
    while (!frames.some((frame) => frame.type === 'data' && frame.fin)) await once(far, 'data');
    const lengths = frames.map((frame) => (frame.type === 'data' ? frame.bytes.length : 0));
    expect(lengths.reduce((sum, length) => sum + length)).toBe(1024 * 1024);
  });

  test('a peer that announced a window and overruns ours is reset', async () => {
    const { far, writer, until } = await byHand({ onStream: () => {} });
    far.write(writer.settings({ initialWindowSize: 1024 }));
    far.write(writer.synStream(1, {}));
    far.write(Buffer.concat([writer.dataHeader(1, 1024 * 1024, false), Buffer.alloc(1024 * 1024)]));
    expect(await until('rstStream')).toMatchObject({ streamId: 1, status: resetStatus.flowControlError });
  });

  test('refuses streams that nobody wants, and ids that do not grow', async () => {
    const { client } = await sessions();
    await expect(client.openStream({ streamType: 'unwanted' })).rejects.toThrow('status 3');

    const { far, writer, frames } = await byHand();
    far.write(Buffer.concat([writer.synStream(3, {}), writer.synStream(1, {}), writer.synStream(2, {})]));
    while (frames.filter((frame) => frame.type === 'rstStream').length < 2) await once(far, 'data');
    expect(frames.filter((frame) => frame.type === 'rstStream')).toEqual([
      { type: 'rstStream', streamId: 1, status: resetStatus.protocolError },
      { type: 'rstStream', streamId: 2, status: resetStatus.protocolError },
    ]);
  });

  test('a reset ends reading at the far side, after what was sent before it', async () => {
    const { client, next } = await sessions();
    const near = await client.openStream({});
    const far = await next();
    await new Promise((resolve) => near.write('last words', resolve));
    const reset = once(far, 'reset');
    near.destroy();
    await reset;
    expect(await text(far)).toBe('last words');
    expect(await new Promise((resolve) => far.write('late', resolve))).toBeInstanceOf(Error);
  });

  test('answers pings and gets answers', async () => {
    const { client, server } = await sessions();
    await Promise.all([client.ping(), server.ping(), client.ping()]);
  });

  test('close sends what was written, then ends both sides', async () => {
    const { client, server, next } = await sessions();
    const near = await client.openStream({});
    const far = await next();
    far.write('bye');
    await server.close();
    expect(await text(near)).toBe('bye');
    expect(await client.closed).toBeUndefined();
    await expect(client.openStream({})).rejects.toThrow('closed');
  });

  test('close reads on past a stream that nobody reads', async () => {
    const { session, far, writer, until } = await byHand({ onStream: () => {} });
    far.write(writer.synStream(1, {}));
    const bytes = Buffer.alloc(4 * 1024 * 1024);
    far.end(Buffer.concat([writer.dataHeader(1, bytes.length, false), bytes]));
    await until('synReply');
    await session.close();
    expect(await until('goAway')).toMatchObject({ status: 0 });
  });

  test('a lost connection ends every stream and all that waits', async () => {
    const { session, far, until } = await byHand({ side: 'client' });
    const opening = session.openStream({});
    const pinged = session.ping();
    await until('ping');
    far.destroy();
    await expect(opening).rejects.toThrow();
    await expect(pinged).rejects.toThrow();
    await session.closed;
  });

  test('a broken frame ends the session with GOAWAY', async () => {
    const { session, far, until } = await byHand();
    far.write(Buffer.from([0x80, 9, 0, 1, 0, 0, 0, 0]));
    expect(await until('goAway')).toMatchObject({ status: 1 });
    expect(await session.closed).toMatchObject({ name: 'SpdyProtocolError' });
  });

  test('ends when idle for too long; frames keep it awake', async () => {
    const { client, server, clock } = await sessions({ idleTimeoutMs: 1000 });
    await clock.advance(800);
    await server.ping();
    await clock.advance(800);
    await client.ping();
    await clock.advance(1100);
    expect(await client.closed).toMatchObject({ message: expect.stringContaining('idle') });
    await server.closed;
  });

  test('gives up on a peer that never replies to a stream', async () => {
    const clock = new FakeClock();
    const { session, until } = await byHand({ side: 'client', clock });
    const opening = session.openStream({});
    opening.catch(() => {});
    await until('synStream');
    await clock.advance(30_000);
    await expect(opening).rejects.toThrow('timed out');
  });
});
