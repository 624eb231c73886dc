import type { KubeletParts } from '../kubelet_parts.ts';
import type { ObservedContainer } from '../pod/observed.ts';
import { unlinkLog } from './log_link.ts';

/** Takes a container that has ended off the runtime, and its log with all rotations of it off the disk. */
export async function removeContainer(
  parts: Pick<KubeletParts, 'runtime' | 'host' | 'node'>,
  { id, logPath }: ObservedContainer,
): Promise<void> {
  const { runtime, host } = parts;
  await runtime.removeContainer(id);
  await unlinkLog(parts, id);
  if (!logPath) return;
  const slash = logPath.lastIndexOf('/');
  const directory = logPath.slice(0, slash);
  const name = logPath.slice(slash + 1);
  for (const file of await host.files.list(directory))
    if (file === name || file.startsWith(`${name}.`)) await host.files.remove(`${directory}/${file}`);
}
