// What a client must not do, and which error it gets for it (RFC 9113).
import { describe, expect, test } from 'vitest';
import { errorCode, flag, frameType } from './protocol.ts';
import {
  bytesOf,
  data,
  frame,
  get,
  getFields,
  headerBlock,
  post,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from './testing/frames.ts';
import { ScriptedClient } from './testing/scripted_client.ts';

const { endHeaders, endStream, ack, padded } = flag;
const { headers, continuation, priority, ping, goaway, pushPromise } = frameType;
const request = (fields: readonly (readonly [string, string])[]) =>
  frame(headers, endHeaders | endStream, 1, headerBlock(fields));
const cancel = errorCode.cancel;
const max = 0x7fff_ffff;

/** Name, frames, and the last line that the server answers. */
type Case = [name: string, frames: Uint8Array[], answer: string];

const endOfConnection: Case[] = [
  ['DATA of no stream', [data(0, 'x')], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['DATA of a stream that was never opened', [data(1, 'x')], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['DATA whose padding is too long', [post(1), data(1, '\x05abc', padded)], 'GOAWAY 1 PROTOCOL_ERROR'],
  ['DATA that is padded and empty', [post(1), data(1, '', padded)], 'GOAWAY 1 FRAME_SIZE_ERROR'],
  ['HEADERS of no stream', [get(0)], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['HEADERS of an even stream', [get(2)], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['HEADERS of a stream before the last', [get(5), get(3)], 'GOAWAY 5 STREAM_CLOSED'],
  ['HEADERS of a closed stream', [get(1), rstStream(1, cancel), get(1)], 'GOAWAY 1 STREAM_CLOSED'],
  ['HEADERS within a header block', [frame(headers, 0, 1), get(3)], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['DATA within a header block', [post(1), frame(headers, 0, 3), data(1, 'x')], 'GOAWAY 1 PROTOCOL_ERROR'],
  [
    'an unknown frame within a header block',
    [frame(headers, 0, 1), frame(99, 0, 1)],
    'GOAWAY 0 PROTOCOL_ERROR',
  ],
  [
    'CONTINUATION of another stream',
    [frame(headers, 0, 1), frame(continuation, endHeaders, 3)],
    'GOAWAY 0 PROTOCOL_ERROR',
  ],
  ['CONTINUATION of nothing', [frame(continuation, endHeaders, 1)], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['a header block that is no HPACK', [frame(headers, endHeaders, 1, '\x80')], 'GOAWAY 0 COMPRESSION_ERROR'],
  ['PRIORITY of no stream', [frame(priority, 0, 0, '\0\0\0\x01\x05')], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['RST_STREAM of no stream', [rstStream(0, cancel)], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['RST_STREAM of a stream that was never opened', [rstStream(1, cancel)], 'GOAWAY 0 PROTOCOL_ERROR'],
  [
    'RST_STREAM of another length',
    [get(1), frame(frameType.rstStream, 0, 1, 'abc')],
    'GOAWAY 1 FRAME_SIZE_ERROR',
  ],
  ['SETTINGS of a stream', [frame(frameType.settings, 0, 1)], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['SETTINGS of another length', [frame(frameType.settings, 0, 0, 'abc')], 'GOAWAY 0 FRAME_SIZE_ERROR'],
  [
    'an acknowledgement with content',
    [frame(frameType.settings, ack, 0, 'abcdef')],
    'GOAWAY 0 FRAME_SIZE_ERROR',
  ],
  ['a push neither on nor off', [settings([2, 2])], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['a window of 32 bits', [settings([4, 0x8000_0000])], 'GOAWAY 0 FLOW_CONTROL_ERROR'],
  ['frames of less than they may be', [settings([5, 16_383])], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['PUSH_PROMISE', [get(1), frame(pushPromise, endHeaders, 1, '\0\0\0\x02')], 'GOAWAY 1 PROTOCOL_ERROR'],
  ['PING of a stream', [frame(ping, 0, 1, '12345678')], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['PING of another length', [frame(ping, 0, 0, '1234')], 'GOAWAY 0 FRAME_SIZE_ERROR'],
  ['GOAWAY of a stream', [frame(goaway, 0, 1, '12345678')], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['GOAWAY that is cut off', [frame(goaway, 0, 0, '1234')], 'GOAWAY 0 FRAME_SIZE_ERROR'],
  [
    'WINDOW_UPDATE of another length',
    [frame(frameType.windowUpdate, 0, 0, 'abc')],
    'GOAWAY 0 FRAME_SIZE_ERROR',
  ],
  ['WINDOW_UPDATE by nothing', [windowUpdate(0, 0)], 'GOAWAY 0 PROTOCOL_ERROR'],
  ['WINDOW_UPDATE past 31 bits', [windowUpdate(0, max)], 'GOAWAY 0 FLOW_CONTROL_ERROR'],
  ['WINDOW_UPDATE of a stream that was never opened', [windowUpdate(1, 1)], 'GOAWAY 0 PROTOCOL_ERROR'],
  [
    'SETTINGS that bring a window past 31 bits',
    [settings([4, 1]), get(1), windowUpdate(1, max - 1), settings([4, 2])],
    'GOAWAY 1 FLOW_CONTROL_ERROR',
  ],
  ['a frame that is too large', [Uint8Array.of(0, 0x40, 1, 0, 0, 0, 0, 0, 1)], 'GOAWAY 0 FRAME_SIZE_ERROR'],
  [
    'a stream that depends on itself',
    [frame(headers, endHeaders | flag.priority, 1, '\0\0\0\x01\x05')],
    'GOAWAY 0 PROTOCOL_ERROR',
  ],
];

const endOfStream: Case[] = [
  ['DATA behind the end', [get(1), data(1, 'x')], 'RST_STREAM 1 STREAM_CLOSED'],
  ['DATA behind a reset', [post(1), rstStream(1, cancel), data(1, 'x')], 'RST_STREAM 1 STREAM_CLOSED'],
  ['HEADERS behind the end', [get(1), get(1)], 'RST_STREAM 1 STREAM_CLOSED'],
  ['HEADERS within a body', [post(1), post(1)], 'RST_STREAM 1 PROTOCOL_ERROR'],
  ['trailers with a pseudo-header', [post(1), get(1)], 'RST_STREAM 1 PROTOCOL_ERROR'],
  ['malformed headers', [request([...getFields, ['Accept', 'x']])], 'RST_STREAM 1 PROTOCOL_ERROR'],
  ['no path', [request(getFields.filter(([name]) => name !== ':path'))], 'RST_STREAM 1 PROTOCOL_ERROR'],
  [
    'a body that is promised and does not come',
    [get(1, [['content-length', '3']])],
    'RST_STREAM 1 PROTOCOL_ERROR',
  ],
  [
    'a body that is shorter than promised',
    [post(1, [['content-length', '3']]), data(1, 'ab', endStream)],
    'RST_STREAM 1 PROTOCOL_ERROR',
  ],
  [
    'a body that is longer than promised',
    [post(1, [['content-length', '3']]), data(1, 'abcd')],
    'RST_STREAM 1 PROTOCOL_ERROR',
  ],
  ['WINDOW_UPDATE by nothing', [get(1), windowUpdate(1, 0)], 'RST_STREAM 1 PROTOCOL_ERROR'],
  ['WINDOW_UPDATE past 31 bits', [get(1), windowUpdate(1, max)], 'RST_STREAM 1 FLOW_CONTROL_ERROR'],
  ['PRIORITY of another length', [get(1), frame(priority, 0, 1, 'abc')], 'RST_STREAM 1 FRAME_SIZE_ERROR'],
  [
    'PRIORITY of a stream over itself',
    [get(1), frame(priority, 0, 1, '\0\0\0\x01\x05')],
    'RST_STREAM 1 PROTOCOL_ERROR',
  ],
];

describe('ends the connection', () => {
  test.each(endOfConnection)('%s', async (_, frames, expected) => {
    const client = new ScriptedClient();
    client.send(...frames);
    expect(client.lines().at(-1)).toBe(expected);
    expect(client.streams.every(({ isClosed }) => isClosed)).toBe(true);
    expect(client.connection.streams.size).toBe(0);
    // Nothing that follows is heard.
    client.send(get(101));
    expect(client.lines()).toEqual([]);
    expect(client.state).toBe('ended');
    await client.clock.advance(1_000);
    expect(client.state).toBe('destroyed');
  });

  test.each([
    ['another preface', bytesOf('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
    [
      'a first frame that is not SETTINGS',
      bytesOf('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x08\x06\0\0\0\0\x0012345678'),
    ],
    [
      'an acknowledgement as the first frame',
      bytesOf('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\x01\0\0\0\0'),
    ],
  ])('%s', (_, bytes) => {
    const client = new ScriptedClient({ silent: true });
    client.send(bytes);
    expect(client.lines().at(-1)).toBe('GOAWAY 0 PROTOCOL_ERROR');
  });
});

describe('ends the stream, and no other', () => {
  test.each(endOfStream)('%s', (_, frames, expected) => {
    const client = new ScriptedClient();
    client.send(...frames);
    expect(client.lines()).toEqual([expected]);
    expect(client.connection.streams.size).toBe(0);
    client.send(get(7));
    client.streams.at(-1)!.end(bytesOf('fine'));
    expect(client.lines()).toEqual(['DATA 7 4 END_STREAM']);
  });

  test('headers that are refused still count for the table', () => {
    const client = new ScriptedClient();
    // A literal that is remembered, in a request without a path; then the request names it by its index.
    const remembered = bytesOf('\x40\x05x-own\x05value');
    client.send(frame(headers, endHeaders | endStream, 1, remembered));
    expect(client.lines()).toEqual(['RST_STREAM 1 PROTOCOL_ERROR']);
    const block = new Uint8Array([...headerBlock(getFields), 0x80 | 62]);
    client.send(frame(headers, endHeaders | endStream, 3, block));
    expect(client.streams[0]!.headers['x-own']).toBe('value');
  });
});

test('the reason is in the GOAWAY', () => {
  const client = new ScriptedClient();
  client.send(windowUpdate(0, 0));
  const { payload } = client.frames().at(-1)!;
  expect([...payload.subarray(0, 8)]).toEqual([...uint32(0), ...uint32(errorCode.protocolError)]);
  expect(String.fromCharCode(...payload.subarray(8))).toBe('WINDOW_UPDATE by nothing');
});
