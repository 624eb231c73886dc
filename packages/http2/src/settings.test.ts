import { describe, expect, test } from 'vitest';
import { defaultPeerSettings, readSettings, writeSettings } from './settings.ts';

const read = (pairs: Record<number, number>) => readSettings(writeSettings(pairs), defaultPeerSettings);

test('what concerns us is taken, the rest ignored', () => {
  expect(read({ 1: 100, 2: 0, 3: 7, 4: 1_000, 5: 20_000, 6: 1, 99: 5 })).toEqual({
    headerTableSize: 100,
    initialWindowSize: 1_000,
    maxFrameSize: 20_000,
  });
  expect(read({})).toEqual(defaultPeerSettings);
});

describe('refused', () => {
  test.each([
    ['push neither on nor off', { 2: 2 }, 1],
    ['a window of 32 bits', { 4: 0x8000_0000 }, 3],
    ['frames that are too small', { 5: 16_383 }, 1],
    ['frames that are too large', { 5: 16_777_216 }, 1],
  ])('%s', (_, pairs, code) => {
    expect(() => read(pairs)).toThrow(expect.objectContaining({ code }));
  });

  test('half a setting', () => {
    expect(() => readSettings(new Uint8Array(7), defaultPeerSettings)).toThrow(
      expect.objectContaining({ code: 6 }),
    );
  });
});
