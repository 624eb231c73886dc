import { canonicalJson } from './canonical_json.ts';

// rand.SafeEncodeString: no vowels, no digits that look like letters.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * A short name for a value: FNV-1a of its canonical JSON and the collision count, each decimal digit written
 * in the alphabet of generated names. Not upstream's hash (that one is of Go's memory); no client computes it.
 */
export function hashOf(value: unknown, collisionCount: number | undefined): string {
  let hash = fnv1a(canonicalJson(value), 0x811c9dc5);
  if (collisionCount !== undefined) hash = fnv1a(String(collisionCount), hash);
  return Array.from(String(hash), (digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    hash = Math.imul(hash ^ (code & 0xff), 0x01000193);
    if (code > 0xff) hash = Math.imul(hash ^ (code >>> 8), 0x01000193);
  }
  return hash >>> 0;
}
