// Go's `%q`, which upstream uses in every message that shows a string.

const escapes: Record<string, string> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

// Printable per Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
const needsEscape = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** `say "hi"` becomes `"say \"hi\""`, as strconv.Quote writes it. */
export function goQuote(text: string): string {
  return `"${text.replace(needsEscape, escapeRune)}"`;
}

function escapeRune(rune: string): string {
  const short = escapes[rune];
  if (short) return short;
  const code = rune.codePointAt(0)!;
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
