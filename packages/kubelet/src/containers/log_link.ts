// Links by which log collectors find the logs of containers: /var/log/containers/<pod>_<namespace>_<container>-<id>.log.
import type { Pod } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import type { KubeletParts } from '../kubelet_parts.ts';
import { podLogDir } from '../node/pod_paths.ts';

type Parts = Pick<KubeletParts, 'host' | 'node' | 'log'>;

export async function linkLog(
  { host, node, log }: Parts,
  pod: Pod,
  container: { name: string; id: string; logPath: string },
): Promise<void> {
  if (!node.containerLogsDir) return;
  const { name, namespace } = pod.metadata;
  const link = `${node.containerLogsDir}/${name}_${namespace}_${container.name}-${container.id}.log`;
  try {
    await host.files.makeDirectory(node.containerLogsDir, { mode: 0o755 });
    await host.files.symlink(`${podLogDir(node, pod)}/${container.logPath}`, link);
  } catch (error) {
    // Only a collector misses it.
    log.warn('log link not made', { link, reason: errorMessage(error) });
  }
}

/** `id` of a container that is removed. */
export async function unlinkLog({ host, node }: Omit<Parts, 'log'>, id: string): Promise<void> {
  if (!node.containerLogsDir) return;
  for (const file of await host.files.list(node.containerLogsDir))
    if (file.endsWith(`-${id}.log`)) await host.files.remove(`${node.containerLogsDir}/${file}`);
}
