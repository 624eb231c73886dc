import { execFile } from 'node:child_process';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { FileStat, Files } from '../host/host.ts';

const run = promisify(execFile);

export const linuxFiles: Files = {
  async read(path, options = {}) {
    return orUndefined(async () => {
      const { tailBytes } = options;
      if (tailBytes === undefined) return fs.readFile(path);
      const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const { size } = await file.stat();
        const length = Math.min(size, tailBytes);
        const buffer = Buffer.alloc(length);
        const { bytesRead } = await file.read(buffer, 0, length, size - length);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    });
  },
  async write(path, data, { mode = 0o644 } = {}) {
    await fs.writeFile(path, data, { mode });
    await fs.chmod(path, mode);
  },
  async makeDirectory(path, { mode = 0o755 } = {}) {
    const made: string[] = [];
    for (let at = path; !(await exists(at)); at = dirname(at)) made.unshift(at);
    for (const directory of made) {
      await fs.mkdir(directory).catch(ignoreCode('EEXIST'));
      await fs.chmod(directory, directory === path ? mode : 0o755);
    }
  },
  async list(path) {
    return (await orUndefined(() => fs.readdir(path))) ?? [];
  },
  stat: (path, { follow = false } = {}) =>
    orUndefined(async () => fileStat(await (follow ? fs.stat(path) : fs.lstat(path)))),
  symlink: (target, path) => fs.symlink(target, path),
  readLink: (path) => orUndefined(() => fs.readlink(path)),
  resolve: (path) => fs.realpath(path),
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { recursive: true, force: true }),
  setMode: (path, mode) => fs.chmod(path, mode),
  setOwner: (path, uid, gid) => fs.lchown(path, uid, gid),
  async diskUsage(path) {
    // One file system only: what is mounted below counts elsewhere. A file may vanish while du looks.
    const { stdout } = await run('du', ['-sxB1', path]).catch((error) => error as { stdout: string });
    return Number.parseInt(stdout, 10) || 0;
  },
};

function fileStat(stats: Stats): FileStat {
  const type = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'symlink'
        : stats.isSocket()
          ? 'socket'
          : stats.isCharacterDevice()
            ? 'charDevice'
            : stats.isBlockDevice()
              ? 'blockDevice'
              : 'other';
  return {
    type,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    sizeBytes: stats.size,
  };
}

async function exists(path: string): Promise<boolean> {
  return (await orUndefined(() => fs.lstat(path))) !== undefined;
}

async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function ignoreCode(code: string): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
