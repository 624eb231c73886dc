import type { Node, Pod, Taint } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { tolerates } from '../runtime/taints.ts';

/**
 * How long the pod may stay among taints with effect NoExecute, counted from when they were noticed: undefined for
 * ever, 0 not at all. The shortest tolerationSeconds counts; one without means for ever.
 */
export function tolerationTime(pod: Pod, taints: readonly Taint[]): Ms | undefined {
  let shortest: number | undefined;
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds === undefined) continue;
      shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, Math.max(0, tolerationSeconds) * 1000);
    }
  }
  return shortest;
}

export function noExecuteTaints(node: Node | undefined): Taint[] {
  return node?.spec?.taints?.filter((taint) => taint.effect === 'NoExecute') ?? [];
}
