// fsGroup: all containers of a pod may use its volumes, whoever they run as.
import type { Files } from '../host/host.ts';

export interface OwnershipOptions {
  files: Files;
  path: string;
  fsGroup: number;
  readOnly: boolean;
}

/** Gives a tree to the group and lets the group in; new files in its directories get the group too. */
export async function giveToGroup(options: OwnershipOptions): Promise<void> {
  const { files, path, fsGroup, readOnly } = options;
  const stat = await files.stat(path);
  if (!stat) return;
  await files.setOwner(path, -1, fsGroup);
  // A link's own mode means nothing, and following it could lead out of the volume.
  if (stat.type === 'symlink') return;
  const access = readOnly ? 0o440 : 0o660;
  const directory = stat.type === 'directory';
  await files.setMode(path, stat.mode | access | (directory ? 0o2110 : 0));
  if (!directory) return;
  for (const name of await files.list(path)) await giveToGroup({ ...options, path: `${path}/${name}` });
}
