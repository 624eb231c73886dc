import { lastWords } from '../containers/last_words.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import { observePod } from '../runtime/observe.ts';
import type { ObservedPod } from './observed.ts';
import type { PodMemory } from './pod_memory.ts';

export function observe(
  { runtime, host }: KubeletParts,
  podUid: string,
  { ended }: PodMemory,
): Promise<ObservedPod> {
  return observePod({ runtime, podUid, ended, lastWords: (status) => lastWords(host, status) });
}
