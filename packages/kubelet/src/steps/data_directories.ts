import type { KubeletParts } from '../kubelet_parts.ts';
import { podDir } from '../node/pod_paths.ts';
import { unmountBelow } from '../volumes/unmount_below.ts';
import type { PodStep } from './pod_step.ts';

/** The directories that volumes and containers of the pod are kept in. */
export function dataDirectories({ host, node }: KubeletParts): PodStep {
  const made = new Set<string>();
  return {
    name: 'dataDirectories',
    async setUp({ pod }) {
      const { uid } = pod.metadata;
      if (made.has(uid)) return;
      for (const name of ['', '/volumes', '/plugins'])
        await host.files.makeDirectory(podDir(node, uid) + name, { mode: 0o750 });
      made.add(uid);
    },
    async tearDown({ pod }) {
      const { uid } = pod.metadata;
      made.delete(uid);
      await unmountBelow(host, podDir(node, uid));
      await host.files.remove(podDir(node, uid));
    },
  };
}
