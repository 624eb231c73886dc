import { describe, expect, test } from 'vitest';
import { BlockPool, blockSize } from './block_pool.ts';
import { Output } from './output.ts';
import { describeFrame, joined, readFrames } from './testing/frames.ts';

function output(fill: (out: Output) => void = () => {}) {
  const deferred: (() => void)[] = [];
  const written: Uint8Array[] = [];
  const taken: (() => void)[] = [];
  let state = 'open';
  const out: Output = new Output({
    pool: new BlockPool(),
    defer: (work) => void deferred.push(work),
    fill: () => fill(out),
    transport: {
      write(bytes, done) {
        written.push(Uint8Array.from(bytes));
        taken.push(done);
      },
      end: () => (state = 'ended'),
      destroy: () => (state = 'destroyed'),
    },
  });
  const turn = () => {
    for (const work of deferred.splice(0)) work();
  };
  return {
    out,
    written,
    turn,
    deferred,
    state: () => state,
    take: () => taken.shift()?.(),
    lines: () => readFrames(joined(written)).map(describeFrame),
  };
}

const bytes = (length: number) => new Uint8Array(length).fill(7);

describe('a turn of the loop', () => {
  test('is one write, of all streams', () => {
    const { out, turn, written, lines, deferred } = output();
    out.frame(6, 1, 0, bytes(8));
    out.data(1, bytes(10), 0, 10, 16_384);
    out.data(3, bytes(20), 5, 15, 16_384);
    out.endStream(3);
    expect(deferred).toHaveLength(1);
    turn();
    expect(written).toHaveLength(1);
    expect(lines()).toEqual(['PING ACK', 'DATA 1 10', 'DATA 3 10 END_STREAM']);
  });

  test('the next write waits until the one before was taken', () => {
    const { out, turn, written, take } = output();
    out.frame(6, 0, 0, bytes(8));
    turn();
    out.frame(6, 0, 0, bytes(8));
    out.frame(6, 0, 0, bytes(8));
    turn();
    expect(written).toHaveLength(1);
    take();
    expect(written).toHaveLength(2);
    expect(written[1]).toHaveLength(34);
  });
});

describe('DATA', () => {
  test('is cut into frames', () => {
    const { out, turn, lines } = output();
    expect(out.data(1, bytes(40_000), 0, 40_000, 16_384)).toBe(40_000);
    out.endStream(1);
    turn();
    expect(lines()).toEqual(['DATA 1 16384', 'DATA 1 16384', 'DATA 1 7232 END_STREAM']);
  });

  test('pieces of a stream that follow one another share a frame', () => {
    const { out, turn, lines } = output();
    for (let i = 0; i < 3; i++) out.data(1, bytes(6_000), 0, 6_000, 16_384);
    out.data(3, bytes(1), 0, 1, 16_384);
    out.data(1, bytes(1), 0, 1, 16_384);
    out.frame(6, 0, 0, bytes(8));
    out.data(1, bytes(1), 0, 1, 16_384);
    out.endStream(3);
    turn();
    expect(lines()).toEqual([
      'DATA 1 16384',
      'DATA 1 1616',
      'DATA 3 1',
      'DATA 1 1',
      'PING',
      'DATA 1 1',
      'DATA 3 0 END_STREAM',
    ]);
  });

  test('is taken while there is room: a block, and what was begun beside it', () => {
    const { out, turn, take, written } = output();
    const all = bytes(blockSize * 3);
    const first = out.data(1, all, 0, all.length, 16_384);
    expect(first).toBeLessThan(2 * blockSize);
    expect(out.hasRoom).toBe(false);
    expect(out.data(1, all, first, all.length, 16_384)).toBe(0);
    turn();
    expect(out.hasRoom).toBe(true);
    take();
    take();
    expect(written.every(({ length }) => length <= blockSize)).toBe(true);
    const content = readFrames(joined(written)).reduce((sum, { payload }) => sum + payload.length, 0);
    expect(content).toBe(first);
    expect(out.pendingBytes).toBe(0);
  });
});

test('is filled before each write', () => {
  let left = 3;
  const { out, turn, take, lines } = output((out) => {
    if (left-- > 0) out.data(1, bytes(5), 0, 5, 16_384);
  });
  out.wake();
  turn();
  for (let i = 0; i < 5; i++) take();
  expect(lines()).toEqual(['DATA 1 5', 'DATA 1 5', 'DATA 1 5']);
});

test('ends when everything is written, and takes nothing more', () => {
  const { out, turn, take, state, lines } = output();
  out.frame(6, 0, 0, bytes(8));
  out.end();
  out.frame(6, 0, 0, bytes(8));
  turn();
  expect(state()).toBe('open');
  take();
  expect(state()).toBe('ended');
  expect(lines()).toEqual(['PING']);
});

test('destroyed, it writes nothing more', () => {
  const { out, turn, state, written } = output();
  out.frame(6, 0, 0, bytes(8));
  out.destroy();
  turn();
  out.frame(6, 0, 0, bytes(8));
  turn();
  expect(state()).toBe('destroyed');
  expect(written).toHaveLength(0);
});

test('a frame that is longer than a block', () => {
  const { out, turn, take, lines } = output();
  out.frame(6, 0, 0, bytes(8));
  out.frame(1, 4, 1, bytes(blockSize + 1));
  turn();
  take();
  take();
  expect(lines()).toEqual(['PING', 'HEADERS 1']);
});
