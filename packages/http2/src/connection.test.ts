import { describe, expect, test } from 'vitest';
import { HpackDecoder } from './hpack/decoder.ts';
import { errorCode, flag, frameType } from './protocol.ts';
import type { FrameSource, ServerStream } from './stream.ts';
import {
  bytesOf,
  data,
  frame,
  get,
  getFields,
  headerBlock,
  post,
  postFields,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from './testing/frames.ts';
import { ScriptedClient } from './testing/scripted_client.ts';

const answer = (stream: ServerStream, body = 'hello') => {
  stream.respond(200, { 'content-type': 'text/plain' });
  stream.end(bytesOf(body));
};
const answering = () => new ScriptedClient({ serve: async (stream) => answer(stream) });
const bytes = (length: number) => new Uint8Array(length).fill(7);

function bodyOf(stream: ServerStream): string {
  let text = '';
  for (let chunk = stream.body!.read(); chunk; chunk = stream.body!.read())
    text += String.fromCharCode(...chunk);
  return text;
}

describe('a connection', () => {
  test('begins with what the server wants', () => {
    const client = new ScriptedClient({ silent: true });
    expect(client.lines()).toEqual(['SETTINGS', 'WINDOW_UPDATE 0 4128769']);
  });

  test('acknowledges SETTINGS and answers PING', () => {
    const client = new ScriptedClient();
    client.send(settings(), frame(frameType.ping, 0, 0, '12345678'));
    const frames = client.frames();
    expect(frames.map(({ type, flags }) => [type, flags])).toEqual([
      [frameType.settings, flag.ack],
      [frameType.ping, flag.ack],
    ]);
    expect(String.fromCharCode(...frames[1]!.payload)).toBe('12345678');
  });

  test('answers many requests in one write', () => {
    const client = answering();
    const { writes } = client;
    client.send(get(1), get(3), get(5));
    expect(client.lines().sort()).toEqual([
      'DATA 1 5 END_STREAM',
      'DATA 3 5 END_STREAM',
      'DATA 5 5 END_STREAM',
      'HEADERS 1',
      'HEADERS 3',
      'HEADERS 5',
    ]);
    expect(client.writes).toBe(writes + 1);
    expect(client.connection.streams.size).toBe(0);
  });

  test('ignores frames of types that it does not know, PRIORITY, and GOAWAY', () => {
    const client = answering();
    client.send(
      frame(77, 255, 3, 'x'),
      frame(frameType.priority, 0, 9, '\0\0\0\x01\x05'),
      frame(frameType.goaway, 0, 0, '\0\0\0\0\0\0\0\x63'),
      get(1),
    );
    expect(client.lines()).toEqual(['HEADERS 1', 'DATA 1 5 END_STREAM']);
  });
});

describe('requests', () => {
  test('in CONTINUATIONs, with padding and priority', () => {
    const client = answering();
    const block = headerBlock([...getFields, ['accept', 'a/b']]);
    const { headers, continuation } = frameType;
    client.send(
      frame(headers, flag.endStream, 1, block.subarray(0, 5)),
      frame(continuation, 0, 1, block.subarray(5, 10)),
      frame(continuation, flag.endHeaders, 1, block.subarray(10)),
    );
    expect(client.streams[0]!.headers['accept']).toBe('a/b');
    expect(client.streams[0]!.body).toBeUndefined();
  });

  test('with a body, and trailers that nobody reads', () => {
    const client = new ScriptedClient();
    client.send(post(1), data(1, 'abc'), data(1, '\x02de\0\0', flag.padded));
    const [stream] = client.streams;
    expect(stream!.body!.isEnded).toBe(false);
    client.send(frame(frameType.headers, flag.endHeaders | flag.endStream, 1, headerBlock([['x-sum', '1']])));
    expect(bodyOf(stream!)).toBe('abcde');
    expect(stream!.body!.isEnded).toBe(true);
    answer(stream!);
    expect(client.lines()).toEqual(['HEADERS 1', 'DATA 1 5 END_STREAM']);
  });

  test('CONNECT and headers past the limit are answered without being served', () => {
    const client = new ScriptedClient({ maxHeaderListSize: 1_000 });
    const connect = headerBlock([
      [':method', 'CONNECT'],
      [':authority', 'x:1'],
    ]);
    client.send(frame(frameType.headers, flag.endHeaders | flag.endStream, 1, connect));
    client.send(
      get(
        3,
        Array.from({ length: 20 }, (_, i): [string, string] => [`x-${i}`, 'x'.repeat(30)]),
      ),
    );
    const statuses = client
      .frames()
      .filter(({ type }) => type === frameType.headers)
      .map(({ payload }) => statusOf(payload));
    expect(statuses).toEqual(['405', '431']);
    expect(client.streams).toHaveLength(0);
    client.send(get(5));
    expect(client.streams).toHaveLength(1);
  });

  test('past the number of streams are refused, and may come again', () => {
    const client = new ScriptedClient({ maxConcurrentStreams: 2 });
    client.send(get(1), get(3), get(5));
    expect(client.lines()).toEqual(['RST_STREAM 5 REFUSED_STREAM']);
    client.streams[0]!.end();
    client.turn();
    expect(client.connection.streams.size).toBe(1);
  });

  test('whose handlers still run count as streams, though they were reset (CVE-2023-44487)', async () => {
    let finish = () => {};
    const client = new ScriptedClient({
      maxConcurrentStreams: 2,
      serve: () => new Promise<void>((resolve) => (finish = resolve)),
    });
    client.send(get(1), rstStream(1, errorCode.cancel), get(3), rstStream(3, errorCode.cancel), get(5));
    expect(client.lines()).toEqual(['RST_STREAM 5 REFUSED_STREAM']);
    finish();
    await client.clock.advance(0);
    await Promise.resolve();
    client.send(get(7));
    expect(client.streams).toHaveLength(3);
  });
});

describe('streams', () => {
  test('end with a reset of the client, which is told', () => {
    const client = new ScriptedClient();
    client.send(post(1));
    const [stream] = client.streams;
    let closed = 0;
    stream!.onClose(() => closed++);
    client.send(rstStream(1, errorCode.cancel));
    expect(closed).toBe(1);
    expect(stream!.isClosed).toBe(true);
    expect(stream!.body!.isLost).toBe(true);
    answer(stream!);
    expect(client.lines()).toEqual([]);
  });

  test('end with the connection', () => {
    const client = new ScriptedClient();
    client.send(get(1), get(3));
    let closed = 0;
    for (const stream of client.streams) stream.onClose(() => closed++);
    client.connection.lost();
    expect(closed).toBe(2);
    client.streams[0]!.onClose(() => closed++);
    expect(closed).toBe(3);
  });

  test('can be reset by who answers', () => {
    const client = new ScriptedClient();
    client.send(post(1));
    client.streams[0]!.respond(200, {});
    client.streams[0]!.reset();
    // What was under way is no fault.
    client.send(data(1, 'abc'), rstStream(1, errorCode.cancel));
    expect(client.lines()).toEqual(['HEADERS 1', 'RST_STREAM 1 INTERNAL_ERROR']);
  });

  test('that are answered before the request has ended need no more of it', () => {
    const client = answering();
    client.send(post(1));
    expect(client.lines()).toEqual(['HEADERS 1', 'DATA 1 5 END_STREAM', 'RST_STREAM 1 NO_ERROR']);
    client.send(data(1, 'rest', flag.endStream));
    expect(client.lines()).toEqual([]);
  });
});

describe('flow control of answers', () => {
  test('the window of the stream', () => {
    const client = new ScriptedClient();
    client.send(settings([4, 10]), get(1));
    client.streams[0]!.respond(200, {});
    client.streams[0]!.end(bytes(25));
    expect(client.lines()).toEqual(['HEADERS 1', 'DATA 1 10']);
    client.send(windowUpdate(1, 5));
    expect(client.lines()).toEqual(['DATA 1 5']);
    client.send(windowUpdate(1, 100));
    expect(client.lines()).toEqual(['DATA 1 10 END_STREAM']);
  });

  test('the window of the connection, which streams share by turns', () => {
    const client = new ScriptedClient();
    client.send(settings([4, 1_000_000]), get(1), get(3));
    for (const stream of client.streams) stream.end(bytes(200_000));
    expect(client.bodies()).toEqual(new Map([[1, 65_535]]));
    client.send(windowUpdate(0, 100_000));
    expect(client.bodies()).toEqual(
      new Map([
        [3, 65_536],
        [1, 34_464],
      ]),
    );
    client.send(windowUpdate(0, 1_000_000));
    expect(client.bodies()).toEqual(
      new Map([
        [3, 134_464],
        [1, 100_001],
      ]),
    );
    expect(client.connection.streams.size).toBe(0);
  });

  test('an end needs no window', () => {
    const client = new ScriptedClient();
    client.send(settings([4, 0]), get(1));
    client.streams[0]!.respond(204, {});
    client.streams[0]!.end();
    expect(client.lines()).toEqual(['HEADERS 1', 'DATA 1 0 END_STREAM']);
  });

  test('SETTINGS change the windows of open streams, also below nothing', () => {
    const client = new ScriptedClient();
    client.send(settings([4, 100]), get(1));
    client.streams[0]!.end(bytes(300));
    expect(client.lines()).toEqual(['DATA 1 100']);
    client.send(settings([4, 40]), windowUpdate(1, 60));
    expect(client.lines()).toEqual([]);
    client.send(windowUpdate(1, 1));
    expect(client.lines()).toEqual(['DATA 1 1']);
    client.send(settings([4, 1_000]));
    expect(client.lines()).toEqual(['DATA 1 199 END_STREAM']);
  });

  test('frames are as large as the client takes them', () => {
    const client = new ScriptedClient();
    client.send(settings([5, 30_000]), get(1));
    client.streams[0]!.end(bytes(40_000));
    expect(client.lines()).toEqual(['DATA 1 30000', 'DATA 1 10000 END_STREAM']);
  });

  test('a client that reads nothing is sent no more than some blocks; who writes waits', async () => {
    const client = new ScriptedClient();
    client.send(settings([4, 0x7fff_ffff]), windowUpdate(0, 0x7fff_0000), get(1));
    client.turn();
    client.isStalled = true;
    const [stream] = client.streams;
    let room = false;
    expect(stream!.write(bytes(60_000))).toBeUndefined();
    void Promise.resolve(stream!.write(bytes(10_000_000))).then(() => (room = true));
    client.turn();
    await Promise.resolve();
    expect(room).toBe(false);
    expect(client.connection.output.pendingBytes).toBeLessThan(300_000);
    client.isStalled = false;
    client.turn();
    await Promise.resolve();
    expect(room).toBe(true);
  });

  test('who waits to write goes on when the client has gone', async () => {
    const client = new ScriptedClient();
    client.send(get(1));
    const waiting = client.streams[0]!.write(bytes(1_000_000));
    client.send(rstStream(1, errorCode.cancel));
    await waiting;
  });
});

describe('flow control of requests', () => {
  test('what is read opens the windows again', () => {
    const client = new ScriptedClient();
    client.send(post(1));
    for (let i = 0; i < 8; i++) client.send(data(1, bytes(16_384)));
    expect(client.lines()).toEqual([]);
    bodyOf(client.streams[0]!);
    expect(client.lines()).toEqual(['WINDOW_UPDATE 1 131072']);
    for (let i = 0; i < 130; i++) {
      client.send(data(1, bytes(16_384)));
      bodyOf(client.streams[0]!);
    }
    expect(client.lines()).toContain('WINDOW_UPDATE 0 2097152');
  });

  test('what is not read closes that of the stream, and of no other', () => {
    const client = new ScriptedClient();
    client.send(post(1), post(3));
    for (let i = 0; i < 16; i++) client.send(data(1, bytes(16_384)));
    client.send(data(3, 'x'));
    expect(client.lines()).toEqual([]);
    client.send(data(1, 'x'));
    expect(client.lines()).toEqual(['RST_STREAM 1 FLOW_CONTROL_ERROR']);
    expect(bodyOf(client.streams[1]!)).toBe('x');
  });
});

describe('a source', () => {
  function sourceOf(pieces: Uint8Array[]): FrameSource & { isEnded: boolean; asked: number } {
    return {
      isEnded: false,
      asked: 0,
      next() {
        this.asked += 1;
        return pieces.shift();
      },
    };
  }

  test('is asked when it has said that it has something, and ends the stream', () => {
    const client = new ScriptedClient();
    client.send(get(1));
    const pieces: Uint8Array[] = [];
    const source = sourceOf(pieces);
    client.streams[0]!.respond(200, {});
    const wake = client.streams[0]!.follow(source);
    expect(client.lines()).toEqual(['HEADERS 1']);
    pieces.push(bytes(3), bytes(4));
    wake();
    wake();
    expect(client.lines()).toEqual(['DATA 1 7']);
    source.isEnded = true;
    wake();
    expect(client.lines()).toEqual(['DATA 1 0 END_STREAM']);
    wake();
    expect(client.lines()).toEqual([]);
  });

  test('keeps what there is no window for', () => {
    const client = new ScriptedClient();
    client.send(settings([4, 10]), get(1));
    const pieces = Array.from({ length: 10 }, () => bytes(4));
    const wake = client.streams[0]!.follow(sourceOf(pieces));
    wake();
    expect(client.lines()).toEqual(['DATA 1 10']);
    expect(pieces).toHaveLength(7);
    client.send(windowUpdate(1, 2));
    expect(client.lines()).toEqual(['DATA 1 2']);
    expect(pieces).toHaveLength(7);
    client.send(windowUpdate(1, 100));
    expect(client.lines()).toEqual(['DATA 1 28']);
  });

  test('waits for the window of the connection', () => {
    const client = new ScriptedClient();
    client.send(settings([4, 1_000_000]), get(1), get(3));
    client.streams[0]!.write(bytes(65_535));
    client.turn();
    const pieces = [bytes(4)];
    client.streams[1]!.follow(sourceOf(pieces))();
    client.frames();
    expect(pieces).toHaveLength(1);
    client.send(windowUpdate(0, 10));
    expect(client.lines()).toEqual(['DATA 3 4']);
  });

  test('is not asked while the client reads nothing', () => {
    const client = new ScriptedClient();
    client.send(settings([4, 0x7fff_ffff]), windowUpdate(0, 0x7fff_0000), get(1));
    client.turn();
    client.isStalled = true;
    const pieces = Array.from({ length: 1_000 }, () => bytes(1_000));
    client.streams[0]!.follow(sourceOf(pieces))();
    client.turn();
    expect(pieces.length).toBeGreaterThan(600);
    client.isStalled = false;
    client.turn();
    expect(pieces).toHaveLength(0);
  });
});

describe('a shutdown', () => {
  test('tells, waits for what was under way, and for streams that run', () => {
    const client = new ScriptedClient();
    client.send(get(1));
    client.connection.close();
    const frames = client.frames();
    expect(frames.map(({ type }) => type)).toEqual([frameType.goaway, frameType.ping]);
    expect([...frames[0]!.payload]).toEqual([...uint32(0x7fff_ffff), ...uint32(0)]);
    client.send(get(3));
    expect(client.streams).toHaveLength(2);
    client.send(frame(frameType.ping, flag.ack, 0, frames[1]!.payload));
    expect(client.lines()).toEqual(['GOAWAY 3 NO_ERROR']);
    client.send(post(5), data(5, 'x', flag.endStream));
    expect(client.streams).toHaveLength(2);
    for (const stream of client.streams) answer(stream);
    expect(client.lines()).toEqual(['HEADERS 1', 'HEADERS 3', 'DATA 1 5 END_STREAM', 'DATA 3 5 END_STREAM']);
    expect(client.state).toBe('ended');
  });

  test('of a client that says nothing takes a second', async () => {
    const client = new ScriptedClient();
    client.connection.close();
    client.turn();
    expect(client.state).toBe('open');
    await client.clock.advance(1_000);
    client.turn();
    expect(client.state).toBe('ended');
  });
});

describe('a client that is too slow', () => {
  test('with its preface', async () => {
    const client = new ScriptedClient({ silent: true });
    client.send(bytesOf('PRI * HTTP/2.0\r\n'));
    client.frames();
    await client.clock.advance(10_000);
    expect(client.lines()).toEqual(['GOAWAY 0 SETTINGS_TIMEOUT']);
    await client.clock.advance(1_000);
    expect(client.state).toBe('destroyed');
  });

  test('with the end of a header block, but not without one', async () => {
    const client = new ScriptedClient();
    await client.clock.advance(100_000);
    client.send(frame(frameType.headers, flag.endStream, 1, headerBlock(postFields)));
    await client.clock.advance(9_000);
    expect(client.lines()).toEqual([]);
    await client.clock.advance(1_000);
    expect(client.lines()).toEqual(['GOAWAY 0 SETTINGS_TIMEOUT']);
  });
});

function statusOf(block: Uint8Array): string {
  let status = '';
  new HpackDecoder({ makeField: (name, value) => ({ name, value }) }).decode(block, {
    add({ name, value }) {
      if (name === ':status') status = value;
    },
  });
  return status;
}
