import { expect, test } from 'vitest';
import { ByteSlabs } from './byte_slabs.ts';

test('small values share bytes without overlapping, large ones have their own', () => {
  const { allocate } = new ByteSlabs();
  const lengths = Array.from({ length: 500 }, (_, i) => 1 + ((i * 37) % 3_000));
  const values = lengths.map((length, i) => allocate(length).fill(i % 251));
  values.forEach((value, i) => {
    expect(value.length).toBe(lengths[i]);
    expect(value.every((byte) => byte === i % 251)).toBe(true);
  });
  expect(new Set(values.map(({ buffer }) => buffer)).size).toBeLessThan(20);
  const large = allocate(20_000);
  expect(large.buffer.byteLength).toBe(20_000);
});
