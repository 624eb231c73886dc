import type { Container } from '@kubets/api';

/**
 * Changes when a running container no longer matches its definition. Only the name and the image count, as in
 * upstream: they are all that may change in a pod that exists, and resources are changed in place.
 */
export function containerHash(container: Pick<Container, 'name' | 'image'>): string {
  const text = JSON.stringify({ image: container.image ?? '', name: container.name });
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16);
}
