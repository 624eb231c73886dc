import type { Filter } from '../call.ts';

/** Characters of warnings in one answer; beyond, each is cut, and then no more are told. */
const maxTotal = 4 * 1024;
const maxEach = 256;
// Unicode's Cc: a header is one line.
const control = /\p{Cc}/u;

/** Hands what verbs, validation and admission warned of to the answer. */
export const collectWarnings: Filter = async (call, next) => {
  const result = await next(call);
  if (call.warnings.length === 0) return result;
  if (result.type !== 'object' && result.type !== 'list') return result;
  result.warnings = tellableWarnings([...(result.warnings ?? []), ...call.warnings]);
  return result;
};

/** Each text once, those that fit in headers, cut where they are too much together. */
export function tellableWarnings(texts: readonly string[]): string[] {
  const distinct = [...new Set(texts)].filter((text) => text !== '' && !control.test(text));
  if (distinct.reduce((sum, text) => sum + [...text].length, 0) <= maxTotal) return distinct;
  const told: string[] = [];
  let total = 0;
  for (const text of distinct) {
    if (total >= maxTotal) break;
    const short = [...text].slice(0, maxEach);
    total += short.length;
    told.push(short.join(''));
  }
  return told;
}
