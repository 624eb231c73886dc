// Field selectors: `status.phase=Running,spec.nodeName!=n1` (apimachinery fields.ParseSelector).
import { badRequest } from '../errors/make_error.ts';

export interface FieldRequirement {
  field: string;
  op: '=' | '!=';
  value: string;
}

/** `==` and `=` mean the same. A backslash escapes `\`, `,` and `=` in values. Throws ApiError 400. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field, op, value] = match;
    requirements.push({ field: field!, op: op === '!=' ? '!=' : '=', value: unescapeValue(value!) });
  }
  return requirements;
}

/** The text of which parseFieldSelector makes `requirements` again. */
export function formatFieldSelector(requirements: readonly FieldRequirement[]): string {
  return requirements.map(({ field, op, value }) => `${field}${op}${escapeFieldValue(value)}`).join(',');
}

export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

// Commas after a backslash belong to a value.
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function unescapeValue(text: string): string {
  let value = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\') {
      const next = text[++at];
      if (next !== '\\' && next !== ',' && next !== '=') {
        throw badRequest(`invalid field selector: invalid escape sequence: \\${next ?? ''}`);
      }
      value += next;
    } else if (char === ',' || char === '=') {
      throw badRequest(`invalid field selector: unescaped character in value: ${char.codePointAt(0)}`);
    } else value += char;
  }
  return value;
}
