import { expect, test } from 'vitest';
import { ageSince, humanDuration } from './age.ts';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

test.each([
  [-2 * second, '<invalid>'],
  [-1 * second, '0s'],
  [0, '0s'],
  [second - 1, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [2 * minute + 1 * second, '2m1s'],
  [10 * minute - 1, '9m59s'],
  [10 * minute, '10m'],
  [3 * hour - 1, '179m'],
  [3 * hour, '3h'],
  [3 * hour + minute, '3h1m'],
  [8 * hour - 1, '7h59m'],
  [8 * hour, '8h'],
  [2 * day - 1, '47h'],
  [2 * day, '2d'],
  [2 * day + hour, '2d1h'],
  [8 * day - 1, '7d23h'],
  [8 * day, '8d'],
  [2 * 365 * day - 1, '729d'],
  [2 * 365 * day, '2y'],
  [2 * 365 * day + day, '2y1d'],
  [8 * 365 * day - 1, '7y364d'],
  [8 * 365 * day, '8y'],
])('%d ms are %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test('no timestamp has no age', () => {
  expect(ageSince(undefined, 0)).toBe('<unknown>');
  expect(ageSince('2026-01-01T00:00:00Z', Date.parse('2026-01-01T01:00:00Z'))).toBe('60m');
});
