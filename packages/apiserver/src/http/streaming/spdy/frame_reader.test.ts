import { describe, expect, test } from 'vitest';
import { FrameReader } from './frame_reader.ts';
import { FrameWriter } from './frame_writer.ts';
import { type Frame, SpdyProtocolError } from './frames.ts';

function conversation(): Buffer {
  const writer = new FrameWriter();
  return Buffer.concat([
    writer.settings({ initialWindowSize: 1024 }),
    writer.synStream(1, { streamType: 'stdin' }),
    writer.synReply(1, {}),
    writer.dataHeader(1, 5, false),
    Buffer.from('hello'),
    writer.windowUpdate(1, 5),
    writer.headers(1, { more: 'x' }),
    writer.dataHeader(1, 0, true),
    writer.ping(7),
    writer.rstStream(1, 5),
    writer.goAway(1, 0),
  ]);
}

const frames: Frame[] = [
  { type: 'settings', values: new Map([[7, 1024]]) },
  { type: 'synStream', streamId: 1, fin: false, headers: { streamtype: 'stdin' } },
  { type: 'synReply', streamId: 1, fin: false, headers: {} },
  { type: 'data', streamId: 1, fin: false, bytes: Buffer.from('hello') },
  { type: 'windowUpdate', streamId: 1, delta: 5 },
  { type: 'headers', streamId: 1, fin: false, headers: { more: 'x' } },
  { type: 'data', streamId: 1, fin: true, bytes: Buffer.alloc(0) },
  { type: 'ping', id: 7 },
  { type: 'rstStream', streamId: 1, status: 5 },
  { type: 'goAway', lastStreamId: 1, status: 0 },
];

describe('a frame reader', () => {
  test('reads what a frame writer wrote', () => {
    expect([...new FrameReader().read(conversation())]).toEqual(frames);
  });

  test('reads frames that come byte by byte; data in the pieces that come', () => {
    const reader = new FrameReader();
    const read = [...conversation()].flatMap((byte) => [...reader.read(Buffer.from([byte]))]);
    expect(read.filter((frame) => frame.type !== 'data')).toEqual(frames.filter((f) => f.type !== 'data'));
    const data = read.filter((frame) => frame.type === 'data');
    expect(Buffer.concat(data.map((frame) => frame.bytes)).toString()).toBe('hello');
    expect(data.map((frame) => frame.fin)).toEqual([false, false, false, false, false, true]);
  });

  test('refuses other versions, short frames and long control frames; skips unknown types', () => {
    const reject = (...bytes: number[]) =>
      expect(() => [...new FrameReader().read(Buffer.from(bytes))]).toThrow(SpdyProtocolError);
    reject(0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1);
    reject(0x80, 3, 0, 6, 0, 0, 0, 2, 0, 1);
    reject(0x80, 3, 0, 6, 0, 0xff, 0xff, 0xff);
    expect([...new FrameReader().read(Buffer.from([0x80, 3, 0, 77, 0, 0, 0, 1, 9]))]).toEqual([]);
  });
});
