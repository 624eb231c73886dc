/**
 * Replaces `$(NAME)` by the variable's value. `$$` is one `$`, so `$$(NAME)` stays `$(NAME)`; so does a name
 * that nothing defines, which `onMissing` hears of.
 */
export function expandVariables(
  text: string,
  lookup: (name: string) => string | undefined,
  onMissing?: (name: string) => void,
): string {
  let result = '';
  let from = 0;
  for (;;) {
    const dollar = text.indexOf('$', from);
    if (dollar < 0 || dollar === text.length - 1) return result + text.slice(from);
    result += text.slice(from, dollar);
    const next = text[dollar + 1]!;
    if (next === '$') {
      result += '$';
      from = dollar + 2;
      continue;
    }
    const close = next === '(' ? text.indexOf(')', dollar + 2) : -1;
    if (close < 0) {
      result += '$' + next;
      from = dollar + 2;
      continue;
    }
    const name = text.slice(dollar + 2, close);
    const value = lookup(name);
    if (value === undefined) onMissing?.(name);
    result += value ?? `$(${name})`;
    from = close + 1;
  }
}
