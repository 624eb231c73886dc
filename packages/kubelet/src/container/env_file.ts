/**
 * The value of a variable in a file of `NAME='value'` lines (KEP-3721): values stand in single quotes, may go
 * over several lines and know no escapes; `#` begins a comment. Undefined when the file does not set it.
 */
export function parseEnvFile(text: string, wanted: string): string | undefined {
  let line = 1;
  let rest = text;
  while (rest !== '') {
    const blank = /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/.exec(rest);
    if (blank) {
      rest = rest.slice(blank[0].length);
      line++;
      continue;
    }
    const fail = (what: string) => new Error(`invalid environment variable format at line ${line}: ${what}`);
    const end = rest.indexOf('\n');
    const equals = rest.slice(0, end < 0 ? undefined : end).indexOf('=');
    if (equals < 0) throw fail("missing '='");
    const name = rest.slice(0, equals).trimStart();
    if (name.trimEnd() === '') throw fail('empty variable name');
    if (name !== name.trimEnd()) throw fail("whitespace before '=' is not allowed");
    const value = rest.slice(equals + 1);
    if (/^[ \t]/.test(value)) {
      // As a shell reads it: blank after `=` is the empty value.
      if (name === wanted) return undefined;
      rest = end < 0 ? '' : rest.slice(end + 1);
      line++;
      continue;
    }
    if (!value.startsWith("'")) throw fail('value must be enclosed in single quotes');
    const close = value.indexOf("'", 1);
    if (close < 0)
      throw new Error(`invalid environment variable format starting at line ${line}: unclosed single quote`);
    const found = value.slice(1, close);
    const after = /^[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/.exec(value.slice(close + 1));
    line += found.split('\n').length - 1;
    if (!after) throw fail('unexpected content after closing quote');
    if (name === wanted) return found === '' ? undefined : found;
    rest = value.slice(close + 1 + after[0].length);
    line++;
  }
  return undefined;
}
