import type { FileStat, Files } from '../host/host.ts';
import type { VolumeKind } from './volume_kind.ts';

/** A file or directory of the node itself. */
export const hostPath: VolumeKind = {
  name: 'hostPath',
  async setUp({ parts, volume, mounted }) {
    const { path, type = '' } = volume.hostPath!;
    if (!mounted) await checkHostPath(parts.host.files, path, type);
    return { hostPath: path, readOnly: false };
  },
};

const expected: Record<string, { is: FileStat['type']; words: string }> = {
  Directory: { is: 'directory', words: 'directory' },
  DirectoryOrCreate: { is: 'directory', words: 'directory' },
  File: { is: 'file', words: 'file' },
  FileOrCreate: { is: 'file', words: 'file' },
  Socket: { is: 'socket', words: 'socket file' },
  CharDevice: { is: 'charDevice', words: 'character device' },
  BlockDevice: { is: 'blockDevice', words: 'block device' },
};

/** With no type nothing is checked, and the runtime makes a directory of what is missing. */
export async function checkHostPath(files: Files, path: string, type: string): Promise<void> {
  const want = expected[type];
  if (!want) return;
  const stat = await files.stat(path, { follow: true });
  if (!stat) {
    if (type === 'DirectoryOrCreate') return files.makeDirectory(path, { mode: 0o755 });
    if (type === 'FileOrCreate') return files.write(path, new Uint8Array(), { mode: 0o644 });
  }
  if (stat?.type !== want.is) throw new Error(`hostPath type check failed: ${path} is not a ${want.words}`);
}
