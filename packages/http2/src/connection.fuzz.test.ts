// Frames at random, right and wrong, cut anywhere: the server never throws, keeps no stream, and serves others still.
import { type Random, seededRandom } from '@kubets/base';
import { expect, test } from 'vitest';
import { errorCode, flag, frameType, setting } from './protocol.ts';
import type { FrameSource, ServerStream } from './stream.ts';
import {
  bytesOf,
  data,
  frame,
  get,
  getFields,
  headerBlock,
  joined,
  post,
  readFrames,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from './testing/frames.ts';
import { ScriptedClient } from './testing/scripted_client.ts';

const seeds = Array.from({ length: 60 }, (_, index) => index + 1);
const steps = 60;

/** Answers in one of the ways that there are, or never. */
function serveAtRandom(random: Random) {
  return async (stream: ServerStream) => {
    const read = () => {
      while (stream.body?.read());
    };
    if (random.next() < 0.7) stream.body?.watch(read);
    if (random.next() < 0.2) return;
    stream.respond(200, { 'content-type': 'text/plain' });
    const kind = random.next();
    const chunk = new Uint8Array(Math.floor(random.next() * 100_000));
    if (kind < 0.3) stream.end(chunk);
    else if (kind < 0.5) {
      await stream.write(chunk);
      await stream.write(chunk);
      stream.end();
    } else if (kind < 0.6) stream.reset();
    else if (kind < 0.9) stream.follow(sourceAtRandom(random))();
  };
}

function sourceAtRandom(random: Random): FrameSource {
  let left = Math.floor(random.next() * 50);
  return {
    next: () => (left-- > 0 ? new Uint8Array(Math.floor(random.next() * 3_000)) : undefined),
    get isEnded() {
      return left <= 0;
    },
  };
}

/** A frame that a client might send in earnest, more or less. */
function frameAtRandom(random: Random, nextId: () => number): Uint8Array {
  const below = (most: number) => Math.floor(random.next() * most);
  const someId = () => below(12) * 2 + 1;
  const make: (() => Uint8Array)[] = [
    () => get(nextId()),
    () => get(nextId()),
    () => post(nextId(), random.next() < 0.3 ? [['content-length', String(below(20))]] : []),
    () => data(someId(), 'x'.repeat(below(2_000)), below(2) ? flag.endStream : 0),
    () => data(someId(), new Uint8Array(below(20)), flag.padded),
    () => windowUpdate(below(2) ? 0 : someId(), below(100_000)),
    () => settings([setting.initialWindowSize, below(200_000)]),
    () => settings([setting.headerTableSize, below(5_000)], [setting.maxFrameSize, 16_384 + below(5_000)]),
    () => rstStream(someId(), errorCode.cancel),
    () => frame(frameType.ping, below(2), 0, '12345678'),
    () => frame(frameType.priority, 0, someId(), joined([uint32(someId()), Uint8Array.of(5)])),
    () => frame(frameType.headers, below(256), nextId(), headerBlock(getFields)),
    () => frame(frameType.continuation, below(8), someId(), headerBlock(getFields.slice(below(4)))),
    () =>
      frame(
        below(12),
        below(256),
        someId(),
        Uint8Array.from({ length: below(40) }, () => below(256)),
      ),
    () => frame(frameType.goaway, 0, 0, joined([uint32(0), uint32(below(20))])),
  ];
  // What is rarely right comes rarely, or no connection would live long.
  return make[random.next() < 0.9 ? below(11) : below(make.length)]!();
}

test.each(seeds)('seed %d', async (seed) => {
  const random = seededRandom(seed);
  const client = new ScriptedClient({ serve: serveAtRandom(random), maxConcurrentStreams: 20 });
  let id = -1;
  const nextId = () => (random.next() < 0.95 ? (id += 2) : id);
  let received = 0;
  for (let step = 0; step < steps; step++) {
    const bytes = frameAtRandom(random, nextId);
    if (random.next() < 0.05)
      bytes[Math.floor(random.next() * bytes.length)]! ^= 1 << Math.floor(random.next() * 8);
    const cut = Math.floor(random.next() * bytes.length);
    client.send(bytes.subarray(0, cut));
    client.send(bytes.subarray(cut));
    if (random.next() < 0.1) client.isStalled = !client.isStalled;
    if (random.next() < 0.3) client.turn();
    if (random.next() < 0.2) await client.clock.advance(0);
    expect(client.connection.output.pendingBytes).toBeLessThan(400_000);
    expect(client.connection.streams.size).toBeLessThanOrEqual(20);
  }
  client.isStalled = false;
  // What came is frames from the first to the last byte.
  for (const { type, payload } of client.frames()) {
    expect(type).toBeLessThanOrEqual(frameType.continuation);
    received += payload.length;
  }
  expect(received).toBeLessThan(20_000_000);
  if (random.next() < 0.5) client.connection.close();
  client.connection.lost();
  expect(client.connection.streams.size).toBe(0);
  expect(client.streams.every(({ isClosed }) => isClosed)).toBe(true);
  client.send(get(1_001));
  expect(client.lines()).toEqual([]);
});

test('afterwards a fresh connection is served', () => {
  const client = new ScriptedClient({ serve: async (stream) => stream.end(bytesOf('fine')) });
  client.send(get(1));
  expect(client.lines()).toEqual(['DATA 1 4 END_STREAM']);
});

test('noise instead of a connection', () => {
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const client = new ScriptedClient({ silent: random.next() < 0.3 });
    for (let i = 0; i < 20; i++)
      client.send(
        Uint8Array.from({ length: Math.floor(random.next() * 100) }, () => Math.floor(random.next() * 256)),
      );
    expect(readFrames(joined(client.frames().map(({ payload }) => frame(0, 0, 1, payload))))).toBeDefined();
    client.connection.lost();
    expect(client.connection.streams.size).toBe(0);
  }
});
