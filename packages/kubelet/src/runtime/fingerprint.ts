// What tells one state of a pod at the runtime from another: who is there, and how they are.
import { type Container, type PodSandbox, PodSandboxState } from '@kubets/api/generated/cri.ts';
import { podUidLabel } from '../container/labels.ts';
import type { ObservedPod } from '../pod/observed.ts';
import { stateName } from './observe.ts';

/** Of all pods that the runtime lists, by uid. */
export function listedFingerprints(
  sandboxes: readonly PodSandbox[],
  containers: readonly Container[],
): Map<string, string> {
  const parts = new Map<string, string[]>();
  const add = (labels: Record<string, string> | undefined, part: string) => {
    const uid = labels?.[podUidLabel];
    if (uid) parts.set(uid, [...(parts.get(uid) ?? []), part]);
  };
  for (const { id, state = 0, labels } of sandboxes)
    add(labels, `${id}=${state === PodSandboxState.SANDBOX_READY}`);
  for (const { id, state, labels } of containers) add(labels, `${id}=${stateName(state)}`);
  return new Map([...parts].map(([uid, list]) => [uid, list.sort().join()]));
}

export function observedFingerprint({ sandboxes, containers }: ObservedPod): string {
  return [
    ...sandboxes.map(({ id, ready }) => `${id}=${ready}`),
    ...containers.map(({ id, state }) => `${id}=${state}`),
  ]
    .sort()
    .join();
}
