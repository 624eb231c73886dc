import { expect, test } from 'vitest';
import { durationProblem, formatDuration, parseDuration } from './duration.ts';

test.each([
  ['0s', 0],
  ['1ns', 1],
  ['1.5µs', 1500],
  ['250ms', 250e6],
  ['1.5s', 1.5e9],
  ['1m0s', 60e9],
  ['1h0m0s', 3600e9],
  ['1h30m10.25s', 5410.25e9],
  ['-2m3s', -123e9],
  ['100h0m0s', 360000e9],
])('%s', (text, nanos) => {
  expect(parseDuration(text)).toBe(nanos);
  expect(formatDuration(nanos)).toBe(text);
});

test.each([
  ['1h', 3600e9],
  ['+5m', 300e9],
  ['.5s', 0.5e9],
  ['1us', 1000],
  ['0', 0],
])('%s is read', (text, nanos) => {
  expect(parseDuration(text)).toBe(nanos);
});

test.each(['', 's', '1', '1d', '1h ', 'h1', '--1s', '1.s5'])('%s is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ['invalid', 'time: invalid duration "invalid"'],
  ['', 'time: invalid duration ""'],
  ['5', 'time: missing unit in duration "5"'],
  ['5x', 'time: unknown unit "x" in duration "5x"'],
  ['1m5x', 'time: unknown unit "x" in duration "1m5x"'],
  ['1h30m', undefined],
])('of %j says %j', (text, problem) => {
  expect(durationProblem(text)).toBe(problem);
});
