import type { KubeletParts } from '../kubelet_parts.ts';
import { podDir } from '../node/pod_paths.ts';
import { unmountBelow } from '../volumes/unmount_below.ts';

/** Removes volumes and logs of pods that are neither known nor at the runtime: what a node that crashed leaves. */
export async function removeOrphanData(
  { host, node, runtime, log }: Pick<KubeletParts, 'host' | 'node' | 'runtime' | 'log'>,
  isKnown: (podUid: string) => boolean,
): Promise<void> {
  const sandboxes = await runtime.listPodSandboxes();
  const used = new Set(sandboxes.map(({ metadata }) => metadata?.uid));
  const isOrphan = (uid: string | undefined) => uid !== undefined && !isKnown(uid) && !used.has(uid);
  for (const uid of await host.files.list(`${node.rootDir}/pods`)) {
    if (!isOrphan(uid)) continue;
    log.info('data of an unknown pod removed', { uid });
    await unmountBelow(host, podDir(node, uid));
    await host.files.remove(podDir(node, uid));
  }
  for (const name of await host.files.list(node.podLogsDir)) {
    // <namespace>_<name>_<uid>
    const parts = name.split('_');
    if (parts.length === 3 && isOrphan(parts[2])) await host.files.remove(`${node.podLogsDir}/${name}`);
  }
}
