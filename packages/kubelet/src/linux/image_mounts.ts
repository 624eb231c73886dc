// Mounts images through containerd itself: CRI has image volumes since 1.33 of it, containerd since 2.1.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ImageMounts } from '../host/host.ts';

const run = promisify(execFile);

/** `socket`: /run/containerd/containerd.sock */
export function containerdImageMounts(socket: string): ImageMounts {
  const images = async (...args: string[]) => {
    try {
      await run('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', ...args]);
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      throw new Error(stderr?.trim() || message);
    }
  };
  return {
    mount: (image, path) => images('mount', image, path),
    // With the snapshot that the mount was made of.
    unmount: (path) => images('unmount', '--rm', path),
  };
}
