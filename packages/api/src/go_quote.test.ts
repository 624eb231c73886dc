import { expect, test } from 'vitest';
import { goQuote } from './go_quote.ts';

test.each([
  ['plain', '"plain"'],
  ['say "hi"', '"say \\"hi\\""'],
  ['a\\b', '"a\\\\b"'],
  ['tab\tnew\nline', '"tab\\tnew\\nline"'],
  ['\u0000\u001b\u007f', '"\\x00\\x1b\\x7f"'],
  ['grüße 世界 😀', '"grüße 世界 😀"'],
  ['\u00a0\u2028', '"\\u00a0\\u2028"'],
  ['\u{e0001}', '"\\U000e0001"'],
])('%j', (text, quoted) => {
  expect(goQuote(text)).toBe(quoted);
});
