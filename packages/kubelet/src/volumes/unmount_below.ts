import type { Host } from '../host/host.ts';

/**
 * Unmounts everything below a directory, the deepest first. Rejects when something stays: then nothing may be
 * removed there, for it would be removed from what is mounted.
 */
export async function unmountBelow({ mounts }: Host, directory: string): Promise<void> {
  for (const path of (await mounts.list(directory)).reverse()) await mounts.unmount(path);
  const left = await mounts.list(directory);
  if (left.length > 0) throw new Error(`${left.join(', ')} can't be unmounted`);
}
