import type { JobSpec, KubeObject } from '@kubets/api';
import { warnOfTemplate } from '../workload/warn_of_workload.ts';

/** `path` is where the spec of the job stands: in a job, or in what jobs are made of. */
export function warnOfJobSpec(
  spec: JobSpec,
  path: string,
  next: KubeObject,
  old: KubeObject | undefined,
): string[] {
  if (old && old.metadata.generation === next.metadata.generation) return [];
  const many =
    spec.completionMode === 'Indexed' &&
    (spec.completions ?? 0) > 100_000 &&
    (spec.parallelism ?? 0) > 10_000;
  return [
    ...(many
      ? [
          `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
        ]
      : []),
    ...warnOfTemplate(spec.template, `${path}.template`, next, old),
  ];
}
