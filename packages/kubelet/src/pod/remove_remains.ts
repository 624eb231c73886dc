import type { Pod } from '@kubets/api';
import { removeContainer } from '../containers/container_remove.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import { podDir, podLogDir } from '../node/pod_paths.ts';
import { unmountBelow } from '../volumes/unmount_below.ts';
import { observe } from './observe_pod.ts';
import type { PodMemory } from './pod_memory.ts';

/** Takes a pod that nobody knows any more off the node: its containers, its sandboxes, its logs. */
export async function removeRemains(parts: KubeletParts, pod: Pod, memory: PodMemory): Promise<void> {
  const { runtime, host, node } = parts;
  const observed = await observe(parts, pod.metadata.uid, memory);
  for (const container of observed.containers) await removeContainer(parts, container);
  for (const { id } of observed.sandboxes) await runtime.removePodSandbox(id);
  await host.files.remove(podLogDir(node, pod));
  await unmountBelow(host, podDir(node, pod.metadata.uid));
  await host.files.remove(podDir(node, pod.metadata.uid));
}
