// Where the next page of a list begins: `{"v":"meta.k8s.io/v1","rv":5,"start":"ns/name\u0000"}` in base64url, as upstream.
import { badRequest } from '@kubets/api';

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
  if (v !== 'meta.k8s.io/v1')
    throw badRequest('invalid continue token: server does not recognize this encoded version');
  if (!Number.isSafeInteger(rv) || rv === 0)
    throw badRequest(
      'invalid continue token: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    );
  if (typeof start !== 'string' || start === '')
    throw badRequest('invalid continue token: encoded start key empty (version meta.k8s.io/v1)');
  // A token can only point into the range that this list reads.
  if (start.startsWith('/') || start.split('/').includes('..'))
    throw badRequest('invalid continue token: encoded start key is invalid');
  return { revision: rv, start: keyPrefix + start };
}

function parse(token: string): any {
  try {
    const parsed = JSON.parse(fromBase64Url(token));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Said below.
  }
  throw badRequest('continue key is not valid: illegal base64 data or JSON');
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
