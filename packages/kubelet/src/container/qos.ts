// Quality of service of a pod, and how eagerly the kernel may kill its processes.
import { type Container, type PodSpec, parseQuantity } from '@kubets/api';

const computeResources = ['cpu', 'memory'] as const;

/** Guaranteed, Burstable or BestEffort, from the requests and limits of cpu and memory. */
export function qosClass(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const parts = spec.resources
    ? [spec.resources]
    : [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => resources ?? {});
  const isSet = (list: Record<string, unknown> | undefined, name: string) => {
    const value = list?.[name];
    return value !== undefined && !parseQuantity(value as string).isZero();
  };
  const some = parts.some((part) =>
    computeResources.some((name) => isSet(part.requests, name) || isSet(part.limits, name)),
  );
  if (!some) return 'BestEffort';
  const guaranteed = parts.every((part) =>
    computeResources.every((name) => {
      if (!isSet(part.limits, name)) return false;
      const request = part.requests?.[name] ?? part.limits![name]!;
      return parseQuantity(request).cmp(parseQuantity(part.limits![name]!)) === 0;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

export interface OomScoreOptions {
  spec: PodSpec;
  container: Container;
  qos: string;
  memoryCapacityBytes: number;
}

/**
 * Lower survives longer: Guaranteed -997, BestEffort 1000, and Burstable between by the share of the node's
 * memory that it asked for, never below 2 nor above 999. Node-critical pods count as Guaranteed.
 */
export function oomScoreAdj({ spec, container, qos, memoryCapacityBytes }: OomScoreOptions): number {
  if ((spec.priority ?? 0) >= 2_000_001_000) return -997;
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const request = container.resources?.requests?.['memory'];
  const bytes = request === undefined ? 0 : parseQuantity(request).value();
  const score = 1000 - Math.floor((1000 * bytes) / memoryCapacityBytes);
  if (score < 3) return 3;
  return score === 1000 ? 999 : score;
}
