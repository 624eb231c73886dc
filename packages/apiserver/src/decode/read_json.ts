// JSON bodies, with the tolerance and the refusals of upstream's decoder.
import { badRequest, hasOddNumbers, isApiError, jsonSyntaxError, maxJsonDepth, parseJson } from '@kubets/api';

// Bytes that aren't UTF-8 become U+FFFD, as in Go; a byte order mark stays, and is a syntax error.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const surrogateEscape = /\\u[dD][89a-fA-F]/;

/** What any body may nest once the fields that its type doesn't have are gone: walks over objects recurse. */
export const maxKeptDepth = 1000;

export interface ReadBody {
  value: any;
  /** It may nest deeper than what may be kept, wholly or in fields that will be dropped. */
  deep?: boolean;
  /** It may hold NumberTexts. */
  numberTexts?: boolean;
  /** What was read, where that was JSON. */
  text?: string;
}

/** @throws ApiError 400 `couldn't get version/kind; json parse error: ...` */
export function readJson(bytes: Uint8Array, numbers: 'values' | 'texts' = 'values'): ReadBody {
  const text = decoder.decode(bytes);
  const form = numbers === 'values' ? 'exact' : hasOddNumbers(text) ? 'texts' : 'plain';
  const read = parse(text, maxKeptDepth, form) ?? parse(text, maxJsonDepth, form);
  if (!read)
    throw badRequest(
      `couldn't get version/kind; json parse error: ${jsonSyntaxError(bytes) ?? 'exceeded max depth'}`,
    );
  return surrogateEscape.test(text) ? { ...read, value: wellFormed(read.value, 0) } : read;
}

function parse(text: string, maxDepth: number, numbers: 'exact' | 'texts' | 'plain'): ReadBody | undefined {
  try {
    const value = parseJson(text, { maxDepth, numbers });
    return { value, text, deep: maxDepth > maxKeptDepth, numberTexts: numbers === 'texts' };
  } catch (error) {
    if (isApiError(error)) return undefined;
    throw error;
  }
}

/** The text of a JSON or YAML body as far as it is UTF-8. */
export function lenientText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Halves of surrogate pairs stand for nothing: Go reads each as U+FFFD. */
function wellFormed(value: any, depth: number): any {
  if (typeof value === 'string') return toWellFormed(value);
  if (typeof value !== 'object' || value === null || depth > maxKeptDepth) return value;
  if (Array.isArray(value)) return value.map((item) => wellFormed(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [toWellFormed(key), wellFormed(item, depth + 1)]),
  );
}

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function toWellFormed(text: string): string {
  return text.replace(loneSurrogate, '\ufffd');
}

/** Whether a value nests deeper than anything later may walk; looks without recursing itself. */
export function nestsTooDeep(value: unknown, maxDepth = maxKeptDepth): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null
        ? Object.values(each).filter((inner) => typeof inner === 'object' && inner !== null)
        : [],
    );
  }
  return false;
}

/**
 * What kind of object a body says it is; Go finds these two fields whatever their case.
 * @throws ApiError 400 where either isn't a text, or the body is no object.
 */
export function typeMetaOf(object: unknown): { apiVersion: string; kind: string } {
  if (object === null) return { apiVersion: '', kind: '' };
  if (typeof object !== 'object' || Array.isArray(object))
    throw cannotUnmarshal(
      object,
      'value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  const found = { apiVersion: '', kind: '' };
  for (const key in object) {
    const length = key.length;
    if (length !== 4 && length !== 10) continue;
    const field = length === 4 ? 'kind' : 'apiVersion';
    if (key !== field && key.toLowerCase() !== field.toLowerCase()) continue;
    const value = (object as Record<string, unknown>)[key];
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string') throw cannotUnmarshal(value, `struct field .${field} of type string`);
    found[field] = value;
  }
  return found;
}

function cannotUnmarshal(value: unknown, into: string) {
  return badRequest(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} into Go ${into}`,
  );
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'symbol' || typeof value === 'bigint' ? 'number' : typeof value;
}
