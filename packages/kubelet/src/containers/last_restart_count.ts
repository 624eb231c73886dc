import type { Pod } from '@kubets/api';
import type { KubeletParts } from '../kubelet_parts.ts';
import { podLogDir } from '../node/pod_paths.ts';

/**
 * The number of the newest log file of a container, or -1: a runtime that forgot the container must not
 * write over the logs of its earlier runs.
 */
export async function lastRestartCount(
  { host, node }: Pick<KubeletParts, 'host' | 'node'>,
  pod: Pod,
  container: string,
): Promise<number> {
  const names = await host.files.list(`${podLogDir(node, pod)}/${container}`);
  const counts = names.flatMap((name) => /^(\d+)\.log(?:\.|$)/.exec(name)?.[1] ?? []).map(Number);
  return Math.max(-1, ...counts);
}
