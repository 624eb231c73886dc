// JSON in and out, with bounds on what a body can do to us.
import { badRequest } from '../errors/make_error.ts';
import { parseExact, parseNumberTexts, stringifyExact } from './exact_numbers.ts';
import { limitDepth } from './json_depth.ts';

export interface DecodeLimits {
  /** How deep objects and lists may be nested. Every walk over an object recurses this far at most. */
  maxDepth?: number;
  /** Bytes of a body. */
  maxBytes?: number;
  /**
   * `texts`: numbers that aren't plain digits come as NumberTexts, for a reader that knows each field's type.
   * `plain`: there are none (hasOddNumbers). Default: `exact`.
   */
  numbers?: 'exact' | 'texts' | 'plain';
}

/** Upstream takes 10,000; no type or schema that anybody wrote nests past a hundred. */
export const defaultMaxDepth = 1000;
const defaultMaxBytes = 16 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
// How `__proto__` can be written in a JSON string, escapes included.
const protoKey = /(?:_|\\u005[fF]){2}(?:p|\\u0070)/;

export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(stringifyExact(value));
}

/**
 * Reads JSON. Refuses text that isn't UTF-8, nests too deep or is too long (ApiError 400). Keys named
 * `__proto__` are dropped wherever they stand, so that no later copy of the object can change a prototype.
 * Whole numbers of int64 beyond 2^53 are bigints.
 */
export function decodeJson<T = any>(bytes: Uint8Array, limits: DecodeLimits = {}): T {
  if (bytes.length > (limits.maxBytes ?? defaultMaxBytes)) {
    throw badRequest(`json parse error: the text is longer than ${limits.maxBytes ?? defaultMaxBytes} bytes`);
  }
  return parseJson<T>(decodeUtf8(bytes), limits);
}

const parsers = { exact: parseExact, texts: parseNumberTexts, plain: (text: string) => JSON.parse(text) };

/** Like decodeJson, for text. */
export function parseJson<T = any>(text: string, limits: DecodeLimits = {}): T {
  limitDepth(text, limits.maxDepth ?? defaultMaxDepth);
  let value: T;
  try {
    value = parsers[limits.numbers ?? 'exact'](text) as T;
  } catch (error) {
    throw badRequest(`json parse error: ${(error as Error).message}`);
  }
  if (protoKey.test(text)) dropProto(value);
  return value;
}

/** Throws ApiError 400 where the bytes aren't UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw badRequest('the text is not valid UTF-8');
  }
}

function dropProto(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Reflect.deleteProperty(value, '__proto__');
  for (const inner of Object.values(value)) dropProto(inner);
}
