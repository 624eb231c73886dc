import { expect, test } from 'vitest';
import { RecentBytes } from './recent_bytes.ts';

test('bytes serve all who ask, until newer ones have taken their place', () => {
  const recent = new RecentBytes(512, () => new Uint8Array(128));
  const first = {};
  const made = recent.get(first);
  for (let i = 0; i < 3; i++) recent.get({});
  expect(recent.get(first) === made).toBe(true);
  recent.get({});
  expect(recent.get(first) === made).toBe(false);
  expect(recent.held).toBe(512);
});

test('bytes that are longer than all that is kept serve those who ask together', () => {
  const recent = new RecentBytes(512, () => new Uint8Array(1_000));
  const first = {};
  const made = recent.get(first);
  expect(recent.get(first) === made).toBe(true);
  recent.get({});
  expect(recent.held).toBe(1_000);
});
