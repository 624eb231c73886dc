import type { Mounts } from '../host/host.ts';
import { listMountPoints, mount, unmount } from './mount_command.ts';
import { bindSubPath } from './sub_path.ts';

export const linuxMounts: Mounts = {
  list: listMountPoints,
  async tmpfs(path, { sizeBytes }) {
    const size = sizeBytes === undefined ? [] : [`size=${sizeBytes}`];
    const tmpfs = (options: string[]) =>
      mount(['-t', 'tmpfs', ...(options.length > 0 ? ['-o', options.join(',')] : []), 'tmpfs', path]);
    try {
      await tmpfs(['noswap', ...size]);
    } catch {
      // Kernels before 6.4 don't know noswap.
      await tmpfs(size);
    }
  },
  async bind(source, path, { readOnly = false } = {}) {
    await mount(['--bind', source, path]);
    if (readOnly) await mount(['-o', 'remount,bind,ro', path]);
  },
  unmount,
  subPath: bindSubPath,
};
