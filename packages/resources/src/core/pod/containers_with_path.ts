import type { Container, EphemeralContainer, PodSpec } from '@kubets/api';

/** All containers, in the order in which they start, with their paths. */
export function containersWithPath(spec: PodSpec, path: string) {
  const found: { container: Container | EphemeralContainer; at: string }[] = [];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    spec[list]?.forEach((container, i) => {
      found.push({ container, at: `${path}.${list}[${i}]` });
    });
  return found;
}
