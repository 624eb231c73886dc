import { expect, test } from 'vitest';
import { explainInstant, formatMicroTime, formatTime, parseInstant } from './time.ts';

test.each([
  ['1970-01-01T00:00:00Z', 0, 0],
  ['2026-01-01T00:00:00Z', 1767225600, 0],
  ['2024-02-29T23:59:59Z', 1709251199, 0],
  ['1969-12-31T23:59:59Z', -1, 0],
  ['0001-01-01T00:00:00Z', -62135596800, 0],
  ['9999-12-31T23:59:59Z', 253402300799, 0],
  ['2024-01-02T03:04:05.5Z', 1704164645, 500_000_000],
  ['2024-01-02T03:04:05.1234567891+02:00', 1704157445, 123_456_789],
  ['2024-01-02T03:04:05-00:30', 1704166445, 0],
])('%s', (text, seconds, nanos) => {
  expect(parseInstant(text)).toEqual({ seconds, nanos });
});

test.each([
  '',
  'yesterday',
  '2024-01-01',
  '2024-01-01 00:00:00Z',
  '2024-01-01T00:00:00',
  '2024-13-01T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2024-04-31T00:00:00Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01T00:60:00Z',
  '2024-01-01T00:00:00+24:00',
  '2024-01-01t00:00:00z',
  '202a-01-01T00:00:00Z',
])('%s is no time', (text) => {
  expect(parseInstant(text)).toBeUndefined();
  expect(explainInstant(text)).toMatch(/^parsing time "/);
});

test('formats', () => {
  expect(formatTime({ seconds: 1704164645, nanos: 999 })).toBe('2024-01-02T03:04:05Z');
  expect(formatMicroTime({ seconds: 1704164645, nanos: 1_234_567 })).toBe('2024-01-02T03:04:05.001234Z');
  for (const seconds of [0, -1, 86_399, 86_400, 951_782_400, 4_107_542_400]) {
    expect(parseInstant(formatTime({ seconds, nanos: 0 }))!.seconds).toBe(seconds);
    expect(formatTime({ seconds, nanos: 0 })).toBe(`${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`);
  }
});
