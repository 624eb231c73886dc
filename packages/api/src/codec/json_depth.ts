import { badRequest } from '../errors/make_error.ts';
import { backslash, quote } from './json_chars.ts';

/** Throws ApiError 400 where objects and lists nest deeper than `maxDepth`. */
export function limitDepth(text: string, maxDepth: number): void {
  // Nearly every text has fewer brackets than the bound, which settles it without a look at strings.
  if (text.length <= maxDepth || countOpen(text, maxDepth) <= maxDepth) return;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) at = endOfString(text, at);
    // { and [ differ from } and ] in the same bits: 0x7b 0x5b, 0x7d 0x5d.
    else if ((char | 0x20) === 0x7b) {
      if (++depth > maxDepth) throw badRequest('json parse error: exceeded max depth');
    } else if ((char | 0x20) === 0x7d) depth--;
  }
}

function countOpen(text: string, enough: number): number {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++count > enough) return count;
    }
  }
  return count;
}

/** Where the string that begins at `start` has its closing quote. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
