import { describe, expect, test } from 'vitest';
import { HeaderBlockReader, withoutPadding } from './header_blocks.ts';
import { flag } from './protocol.ts';
import { bytesOf, joined, uint32 } from './testing/frames.ts';

const { endHeaders, endStream, padded, priority } = flag;
const text = (bytes: Uint8Array | undefined) => bytes && String.fromCharCode(...bytes);

describe('blocks', () => {
  test('in one frame', () => {
    const blocks = new HeaderBlockReader(100);
    const block = blocks.headers(endHeaders | endStream, 3, bytesOf('abc'))!;
    expect(block).toMatchObject({ streamId: 3, endsStream: true });
    expect(text(block.bytes)).toBe('abc');
    expect(blocks.openStreamId).toBe(0);
  });

  test('in several', () => {
    const blocks = new HeaderBlockReader(100);
    expect(blocks.headers(0, 5, bytesOf('ab'))).toBeUndefined();
    expect(blocks.openStreamId).toBe(5);
    expect(blocks.continuation(0, 5, bytesOf(''))).toBeUndefined();
    const block = blocks.continuation(endHeaders, 5, bytesOf('cd'))!;
    expect(text(block.bytes)).toBe('abcd');
    expect(block.endsStream).toBe(false);
    expect(text(blocks.headers(endHeaders, 7, bytesOf('x'))!.bytes)).toBe('x');
  });

  test('with padding and priority', () => {
    const payload = joined([Uint8Array.of(2), uint32(1), Uint8Array.of(9), bytesOf('ab'), bytesOf('\0\0')]);
    expect(text(new HeaderBlockReader(100).headers(endHeaders | padded | priority, 3, payload)!.bytes)).toBe(
      'ab',
    );
  });
});

describe('refused', () => {
  const opened = () => {
    const blocks = new HeaderBlockReader(100);
    blocks.headers(0, 3, bytesOf('ab'));
    return blocks;
  };

  test.each([
    ['CONTINUATION of nothing', () => new HeaderBlockReader(100).continuation(0, 3, bytesOf('a'))],
    ['CONTINUATION of another stream', () => opened().continuation(0, 5, bytesOf('a'))],
    ['a priority that is cut off', () => opened().headers(priority | endHeaders, 3, bytesOf('abcd'))],
    [
      'a stream that depends on itself',
      () => opened().headers(priority, 3, joined([uint32(3), bytesOf('a')])),
    ],
    ['a block past the limit', () => opened().continuation(0, 3, bytesOf('x'.repeat(99)))],
    [
      'a block in empty frames without end',
      () => {
        const blocks = opened();
        for (let i = 0; i < 1_000; i++) blocks.continuation(0, 3, bytesOf(''));
      },
    ],
  ])('%s', (_, act) => {
    expect(act).toThrow();
  });

  test.each([
    ['padding without its length', []],
    ['padding as long as the frame', [3, 1, 1]],
  ])('%s', (_, payload) => {
    expect(() => withoutPadding(padded, Uint8Array.from(payload))).toThrow();
  });

  test('padding of everything but its length is none too many', () => {
    expect(withoutPadding(padded, Uint8Array.of(2, 0, 0))).toHaveLength(0);
  });
});
