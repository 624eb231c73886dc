import type { Pod } from '@kubets/api';
import type { ObservedPod, ObservedSandbox } from './observed.ts';

export type SandboxVerdict =
  | { usable: true; sandbox: ObservedSandbox }
  | { usable: false; attempt: number; replaces?: ObservedSandbox };

/** Whether the pod's newest sandbox can hold its containers, or the attempt number of the one to create. */
export function judgeSandbox(pod: Pod, observed: ObservedPod): SandboxVerdict {
  const newest = observed.sandboxes[0];
  if (!newest) return { usable: false, attempt: 0 };
  const anew: SandboxVerdict = { usable: false, attempt: newest.attempt + 1, replaces: newest };
  if (!newest.ready) return anew;
  // Two at once happen when the kubelet stopped between creating one and hearing of it.
  if (observed.sandboxes.filter((sandbox) => sandbox.ready).length > 1) return anew;
  const hostNetwork = pod.spec.hostNetwork ?? false;
  if (newest.hostNetwork !== hostNetwork) return anew;
  if (!hostNetwork && newest.ips.length === 0) return anew;
  return { usable: true, sandbox: newest };
}
