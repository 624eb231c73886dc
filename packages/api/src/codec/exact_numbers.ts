// Whole numbers beyond 2^53, which int64 fields may hold: bigints in objects, digits in JSON. They are rare, so
// both ways are JSON's own until one of them turns up.

/** A mark that no text has: halves of surrogate pairs are U+FFFD to Go, and JSON.stringify escapes them. */
const mark = '\ud800';
const escapedMarks = ['\\ud800', '\\ud801', '\\ud802', '\\ud803'];
const longDigits = /\d{16}/;
const marked = /"\\ud800(-?\d+)\\ud800"/g;
// Where a number may stand that isn't written as a few plain digits. A string may look so too, but no time does.
const oddNumber = /\d{16}|(?:"\s*:|[,[])\s*-?\d+[.eE]/;
// Strings are skipped as a whole.
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
const maxInt64 = 2n ** 63n;

/**
 * A number by its text, `1e3` or `12345678901234567890`: a symbol with the text as its description, because Go's
 * decoder takes some forms for some fields only, and says what stood there.
 */
export type NumberText = symbol;

/** Like JSON.parse, but whole numbers that a number can't hold are bigints, of int64. */
export function parseExact(text: string): unknown {
  return longDigits.test(text) ? parseMarked(text, false) : JSON.parse(text);
}

/** Whether parseNumberTexts may find what parseExact would not; costs one look at the text. */
export function hasOddNumbers(text: string): boolean {
  return oddNumber.test(text) || /^\s*-?\d+[.eE]/.test(text);
}

/** Like parseExact, but numbers with a point or an exponent, and those beyond int64, are NumberTexts. */
export function parseNumberTexts(text: string): unknown {
  return parseMarked(text, true);
}

/** Makes numbers of the NumberTexts in a value that nobody else has. */
export function plainNumbers(value: any): any {
  if (typeof value === 'symbol') return Number(value.description);
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) {
    const before = value[key];
    if (typeof before === 'symbol' || typeof before === 'object') value[key] = plainNumbers(before);
  }
  return value;
}

function parseMarked(text: string, texts: boolean): unknown {
  // Whoever sends such halves gets no number out of them.
  const sent = text.toLowerCase();
  const escapedMark = escapedMarks.find((each) => !sent.includes(each));
  const plain = JSON.parse(text);
  if (!escapedMark) return plain;
  let found = false;
  const prepared = text.replace(stringOrNumber, (token) => {
    const form = token.startsWith('"') ? 'plain' : formOf(token);
    if (form === 'plain' || (form === 'text' && !texts)) return token;
    found = true;
    return `"${escapedMark}${form === 'text' ? textTag : ''}${token}${escapedMark}"`;
  });
  if (!found) return plain;
  const start = JSON.parse(`"${escapedMark}"`) as string;
  return JSON.parse(prepared, (_key, value) => {
    if (!isMarked(value, start)) return value;
    return value[1] === textTag ? Symbol(value.slice(2, -1)) : BigInt(value.slice(1, -1));
  });
}

const textTag = '=';

/** Like JSON.stringify, but bigints are written as their digits. */
export function stringifyExact(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError) || !holdsBigint(value, 0)) throw error;
    return JSON.stringify(value, replaceBeyond, indent).replace(marked, '$1');
  }
}

function formOf(token: string): 'plain' | 'bigint' | 'text' {
  if (/[.eE]/.test(token)) return 'text';
  if (token.length < 16) return 'plain';
  const value = BigInt(token);
  if (value >= maxInt64 || value < -maxInt64) return 'text';
  return value > maxSafe || value < -maxSafe ? 'bigint' : 'plain';
}

function isMarked(value: unknown, start: string): value is string {
  return typeof value === 'string' && value.startsWith(start) && value.endsWith(start);
}

function replaceBeyond(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return mark + value + mark;
  // Nobody's text may become a number.
  return typeof value === 'string' && value.includes(mark) ? value.replaceAll(mark, '\ufffd') : value;
}

function holdsBigint(value: unknown, depth: number): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null || depth > 1000) return false;
  return Object.values(value).some((inner) => holdsBigint(inner, depth + 1));
}
