// Where the next page of a list begins: `{"v":"meta.k8s.io/v1","rv":5,"start":"ns/name\u0000"}` in base64url, as upstream.
import { badRequest, goQuote } from '@kubets/api';

export interface ContinueToken {
  /** The revision of the whole list; -1: the newest there is (an inconsistent list goes on). */
  revision: number;
  /** The first key of the page. */
  start: string;
}

export function encodeContinue({ revision, start }: ContinueToken, keyPrefix: string): string {
  const text = JSON.stringify({
    v: 'meta.k8s.io/v1',
    rv: revision,
    start: start.slice(keyPrefix.length),
  });
  return toBase64Url(text);
}

/** @throws ApiError 400 */
export function decodeContinue(token: string, keyPrefix: string): ContinueToken {
  const { v, rv, start } = parse(token);
  if (v !== 'meta.k8s.io/v1') throw wrong(`: server does not recognize this encoded version ${v}`);
  if (rv === 0) throw wrong(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (start === '') throw wrong(': encoded start key empty (version meta.k8s.io/v1)');
  // A token can only point into the range that this list reads.
  const path = start.startsWith('/') ? start.slice(1) : start;
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) throw wrong(`: ${start}`);
  return { revision: rv, start: keyPrefix + path };
}

// Field by field as Go's encoding/json reads it: what is absent or null is zero.
function parse(token: string): { v: string; rv: number; start: string } {
  const text = fromBase64Url(token);
  let parsed: any;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong(
      text === ''
        ? ': unexpected end of JSON input'
        : `: invalid character ${quoteFirst(text)} looking for beginning of value`,
    );
  }
  if (parsed === null) parsed = {};
  if (typeof parsed !== 'object' || Array.isArray(parsed))
    throw wrong(`: json: cannot unmarshal ${kindOf(parsed)} into Go value of type storage.continueToken`);
  const field = (name: string, type: 'string' | 'int64'): any => {
    const value = parsed[name] ?? (type === 'string' ? '' : 0);
    if (type === 'string' ? typeof value === 'string' : Number.isSafeInteger(value)) return value;
    throw wrong(
      `: json: cannot unmarshal ${kindOf(value)} into Go struct field continueToken.${name} of type ${type}`,
    );
  };
  return { v: field('v', 'string'), rv: field('rv', 'int64'), start: field('start', 'string') };
}

function wrong(detail: string): Error {
  return badRequest(`invalid continue token: continue key is not valid${detail}`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value;
}

function quoteFirst(text: string): string {
  const first = [...text][0]!;
  return `'${first === '"' ? first : goQuote(first).slice(1, -1)}'`;
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

// The alphabet without padding; the first byte outside of it is named.
function fromBase64Url(text: string): string {
  const odd = text.search(/[^A-Za-z0-9_-]/);
  const bad = odd >= 0 ? odd : text.length % 4 === 1 ? text.length - 1 : -1;
  if (bad >= 0) throw wrong(`: illegal base64 data at input byte ${bad}`);
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
