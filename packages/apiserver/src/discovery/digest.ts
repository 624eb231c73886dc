// SHA-256 and SHA-512 (FIPS 180-4), synchronous: crypto.subtle answers from a pool of threads, at a moment that
// no seed decides. Discovery names versions by them, so they must come out right, not keep a secret.

import { sha256Words } from './sha256.ts';
import { sha512Words } from './sha512.ts';

/** SHA-512 in upper-case hexadecimal, as ETags and `?hash=` carry it. */
export function sha512Hex(data: string | Uint8Array): string {
  const { high, low } = sha512Words(typeof data === 'string' ? encoder.encode(data) : data);
  let text = '';
  for (let i = 0; i < 8; i++) text += hex(high[i]!) + hex(low[i]!);
  return text;
}

/** The first eight bytes of the SHA-256 of `group/version/kind` in base64 (APIResource.storageVersionHash). */
export function storageVersionHash(group: string, version: string, kind: string): string {
  const words = sha256Words(encoder.encode(`${group}/${version}/${kind}`));
  const bytes = [words[0]!, words[1]!].flatMap((word) =>
    [24, 16, 8, 0].map((shift) => (word >>> shift) & 255),
  );
  return btoa(String.fromCharCode(...bytes));
}

export function sha256Hex(data: string | Uint8Array): string {
  const words = sha256Words(typeof data === 'string' ? encoder.encode(data) : data);
  return Array.from(words, hex).join('');
}

const encoder = new TextEncoder();
const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0').toUpperCase();
