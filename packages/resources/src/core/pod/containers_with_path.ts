import type { PodSpec } from '@kubets/api';

/** All containers, in the order in which they start, with their paths. */
export function containersWithPath(spec: PodSpec, path: string) {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, i) => ({ container, at: `${path}.${list}[${i}]` })),
  );
}
