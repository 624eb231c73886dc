import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';

test.each([0, 1, 2, 3, 4, 5, 255, 1000])('%d bytes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) & 255);
  expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
});

test.each(['!!', 'YQ', 'YQ=', 'YQ===', '=AAA', 'Y=Q=', 'YQ==YQ==', 'ÿÿÿÿ'])('%s is not base64', (text) => {
  expect(decodeBase64(text)).toBeUndefined();
});

test('line breaks are skipped', () => {
  expect(decodeBase64('YW\r\nJj\n')).toEqual(new TextEncoder().encode('abc'));
});
