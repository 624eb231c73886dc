import { describe, expect, test } from 'vitest';
import { FrameReader } from './frame_reader.ts';
import { clientPreface } from './protocol.ts';
import { bytesOf, frame, joined } from './testing/frames.ts';

function reader(maxFrameSize?: number) {
  const seen: string[] = [];
  const made = new FrameReader(
    {
      frame(type, flags, streamId, payload) {
        seen.push(`${type} ${flags} ${streamId} ${String.fromCharCode(...payload)}`);
      },
    },
    maxFrameSize,
  );
  return { seen, receive: (bytes: Uint8Array) => made.receive(bytes), stop: () => made.stop() };
}

const bytes = joined([
  bytesOf(clientPreface),
  frame(4, 0, 0),
  frame(0, 1, 7, 'hello'),
  frame(6, 0, 0, '12345678'),
  frame(200, 255, 0x7fff_ffff, 'x'),
]);
const frames = ['4 0 0 ', '0 1 7 hello', '6 0 0 12345678', '200 255 2147483647 x'];

describe('frames', () => {
  test('all at once', () => {
    const { seen, receive } = reader();
    receive(bytes);
    expect(seen).toEqual(frames);
  });

  test.each([1, 2, 3, 5, 7, 8, 9, 10, 11, 13, 40])('in pieces of %d', (size) => {
    const { seen, receive } = reader();
    for (let at = 0; at < bytes.length; at += size) receive(bytes.subarray(at, at + size));
    expect(seen).toEqual(frames);
  });

  test('the reserved bit of the stream is ignored', () => {
    const { seen, receive } = reader();
    const odd = frame(0, 0, 5, 'a');
    odd[5]! |= 0x80;
    receive(joined([bytesOf(clientPreface), odd]));
    expect(seen).toEqual(['0 0 5 a']);
  });

  test('payloads that arrive whole are not copied', () => {
    let seen: Uint8Array | undefined;
    const made = new FrameReader({ frame: (_type, _flags, _id, payload) => (seen = payload) });
    made.receive(bytes);
    expect(seen!.buffer).toBe(bytes.buffer);
  });

  test('none after a stop', () => {
    const { seen, receive, stop } = reader();
    receive(bytes.subarray(0, 40));
    stop();
    receive(bytes.subarray(40));
    expect(seen).toEqual(frames.slice(0, 1));
  });
});

describe('refused', () => {
  test('another preface, at its first wrong byte', () => {
    const { receive } = reader();
    expect(() => receive(bytesOf('GET / HTTP/1.1\r\n\r\n'))).toThrow('preface');
    const late = reader();
    late.receive(bytesOf(clientPreface.slice(0, 20)));
    expect(() => late.receive(bytesOf('xx'))).toThrow('preface');
  });

  test('a frame that is longer than allowed, before it has come', () => {
    const { receive } = reader();
    expect(() =>
      receive(joined([bytesOf(clientPreface), Uint8Array.of(0, 0x40, 1, 0, 0, 0, 0, 0, 1)])),
    ).toThrow('longer than allowed');
    const inPieces = reader(5);
    inPieces.receive(joined([bytesOf(clientPreface), Uint8Array.of(0, 0, 6, 0, 0)]));
    expect(() => inPieces.receive(Uint8Array.of(0, 0, 0, 1))).toThrow('longer than allowed');
  });
});
