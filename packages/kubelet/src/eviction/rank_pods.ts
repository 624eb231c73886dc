// Which pod goes first when the node is short of something. Pure.
import type { Pod } from '@kubets/api';
import { podTotals } from '../container/resources.ts';

export interface PodCandidate {
  pod: Pod;
  /** Of the resource that is short. */
  usage: number;
}

/** Those above their request first, then lower priority, then more above the request (upstream's ranking). */
export function rankPods(candidates: readonly PodCandidate[], resource: string): PodCandidate[] {
  const excess = ({ pod, usage }: PodCandidate) => usage - (podTotals(pod.spec, 'requests', resource) ?? 0);
  return [...candidates].sort(
    (a, b) =>
      Number(excess(b) > 0) - Number(excess(a) > 0) ||
      (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0) ||
      excess(b) - excess(a),
  );
}

/** Pods that the node can't do without stay: node-critical ones and those of static manifests. */
export function mayBeEvicted({ spec, metadata }: Pod): boolean {
  return (spec.priority ?? 0) < 2_000_000_000 && !metadata.annotations?.['kubernetes.io/config.mirror'];
}
