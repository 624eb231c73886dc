// Clients that make work for nothing.
import { describe, expect, test } from 'vitest';
import { errorCode, flag, frameType } from './protocol.ts';
import {
  bytesOf,
  data,
  frame,
  get,
  getFields,
  headerBlock,
  joined,
  post,
  rstStream,
  settings,
  windowUpdate,
} from './testing/frames.ts';
import { ScriptedClient } from './testing/scripted_client.ts';

/** Sends until the server has had enough; how many it took, or undefined. */
async function sendUntilClosed(
  client: ScriptedClient,
  frames: (index: number) => Uint8Array[],
  most: number,
): Promise<number | undefined> {
  for (let i = 0; i < most; i++) {
    client.send(...frames(i));
    if (i % 50 === 0) {
      client.turn();
      await client.clock.advance(0);
    }
    if (client.connection.isOver) return i;
  }
  return undefined;
}

const calm = 'ENHANCE_YOUR_CALM';

describe('are told to calm down', () => {
  test.each<[string, (index: number) => Uint8Array[]]>([
    ['PING', () => [frame(frameType.ping, 0, 0, '12345678')]],
    ['SETTINGS', () => [settings([4, 100])]],
    ['WINDOW_UPDATE', () => [windowUpdate(0, 1)]],
    ['empty DATA', () => [data(1, '')]],
    ['PRIORITY', () => [frame(frameType.priority, 0, 9, '\0\0\0\x01\x05')]],
    ['frames that nobody knows', () => [frame(99, 0, 0)]],
    [
      'requests that are reset at once (CVE-2023-44487)',
      (i) => [get(3 + 2 * i), rstStream(3 + 2 * i, errorCode.cancel)],
    ],
    [
      'requests that the server has to reset (CVE-2025-8671)',
      (i) => [get(3 + 2 * i), windowUpdate(3 + 2 * i, 0)],
    ],
    [
      'malformed requests',
      (i) => [frame(frameType.headers, flag.endHeaders | flag.endStream, 3 + 2 * i, '\x82')],
    ],
  ])('%s', async (_, frames) => {
    const client = new ScriptedClient({ serve: () => Promise.resolve() });
    client.send(post(1));
    const taken = await sendUntilClosed(client, frames, 12_000);
    expect(taken).toBeGreaterThan(1_000);
    expect(client.lines().at(-1)).toContain(calm);
  });

  test.each([
    ['CONTINUATIONs without end (CVE-2024-27316)', 'x'.repeat(16_000)],
    ['empty CONTINUATIONs without end', ''],
  ])('%s', async (_, part) => {
    const client = new ScriptedClient();
    client.send(frame(frameType.headers, 0, 1));
    expect(
      await sendUntilClosed(client, () => [frame(frameType.continuation, 0, 1, part)], 1_000),
    ).toBeLessThan(200);
    expect(client.lines().at(-1)).toBe(`GOAWAY 0 ${calm}`);
  });
});

test('who asks and reads nothing is cut off while little waits', () => {
  const client = new ScriptedClient();
  client.isStalled = true;
  const pings = joined(Array.from({ length: 1_000 }, () => frame(frameType.ping, 0, 0, '12345678')));
  client.send(...Array.from({ length: 9 }, () => pings));
  expect(client.connection.output.pendingBytes).toBeLessThan(200_000);
  const large = { warning: 'x'.repeat(50_000) };
  for (let id = 1; id < 1_000 && client.state === 'open'; id += 2) {
    client.send(get(id));
    client.streams.at(-1)!.respond(200, large);
  }
  expect(client.state).toBe('destroyed');
  expect(client.streams.length).toBeLessThan(100);
  expect(client.connection.streams.size).toBe(0);
});

test('a header block that grows when it is unpacked is not kept', () => {
  const client = new ScriptedClient({ maxHeaderListSize: 100_000 });
  // 4,000 bytes that are remembered, then named by one byte each, 16,000 times: 64 MB.
  const bomb = joined([
    headerBlock(getFields),
    bytesOf(`\x40\x05x-own\x7f\xa1\x1e${'y'.repeat(4_000)}`),
    new Uint8Array(12_000).fill(0x80 | 62),
  ]);
  client.send(frame(frameType.headers, flag.endHeaders | flag.endStream, 1, bomb));
  expect(client.streams).toHaveLength(0);
  expect(client.lines()).toEqual(['HEADERS 1', 'DATA 1 0 END_STREAM']);
});

describe('are left alone who have a reason', () => {
  test('a client that acknowledges each small piece that it is sent', () => {
    const client = new ScriptedClient();
    client.send(get(1));
    const [stream] = client.streams;
    for (let i = 0; i < 30_000; i++) {
      stream!.write(bytesOf('event'));
      client.turn();
      client.send(windowUpdate(0, 5), windowUpdate(1, 5));
    }
    expect(client.connection.isOver).toBe(false);
  });

  test('a client that pings for months', async () => {
    const client = new ScriptedClient();
    const pings = Array.from({ length: 100 }, () => frame(frameType.ping, 0, 0, '12345678'));
    for (let i = 0; i < 150; i++) {
      await client.clock.advance(100 * 30_000);
      client.send(...pings);
      client.turn();
    }
    expect(client.connection.isOver).toBe(false);
  });

  test('a client that breaks off all its watches at once', () => {
    const client = new ScriptedClient();
    for (let id = 1; id < 2_000; id += 2) client.send(get(id));
    for (let id = 1; id < 2_000; id += 2) client.send(rstStream(id, errorCode.cancel));
    client.turn();
    expect(client.connection.isOver).toBe(false);
    expect(client.connection.streams.size).toBe(0);
  });
});
