import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { combineCrc32, crc32, spliceGzip } from './splice_gzip.ts';

test.each([
  ['', 'body'],
  ['{"metadata":{},"items":[', 'x'.repeat(300_000)],
  ['h'.repeat(0xffff), ''],
])('%.10s before %.10s', (head, body) => {
  const packed = gzipSync(body, { level: 1 });
  const member = Buffer.concat(spliceGzip(Buffer.from(head), packed));
  expect(gunzipSync(member).toString()).toBe(head + body);
});

test('a head must fit into one block', () => {
  expect(() => spliceGzip(new Uint8Array(0x10000), gzipSync('body'))).toThrow(RangeError);
});

test('checksums of parts give that of the whole', () => {
  const [a, b] = [Buffer.from('123456'), Buffer.from('789')];
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(combineCrc32(crc32(a), crc32(b), b.length)).toBe(0xcbf43926);
});
