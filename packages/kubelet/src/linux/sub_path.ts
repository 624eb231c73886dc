// Binds a part of a volume, safe against a container that swaps directories for links meanwhile (CVE-2017-1002101).
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { SubPathOptions } from '../host/host.ts';
import { linuxFiles } from './linux_files.ts';
import { listMountPoints, mount, unmount } from './mount_command.ts';

/** Opens a name without following it and without needing permission to read it (open(2)). */
const pathOnly = 0o10000000;

export async function bindSubPath({ root, subPath, target, mode }: SubPathOptions): Promise<string> {
  const volume = await realpath(root);
  await makeBelow(volume, subPath, mode);
  const inside = relative(volume, await realpath(join(volume, subPath)));
  if (inside === '..' || inside.startsWith('../'))
    throw new Error(`subpath ${subPath} leads out of the volume`);
  const handle = await openBelow(volume, inside);
  try {
    const source = `/proc/${process.pid}/fd/${handle.fd}`;
    if ((await listMountPoints(target)).includes(target)) {
      if (await sameFile(source, target)) return target;
      await unmount(target);
    }
    await makeTarget(target, (await stat(source)).isDirectory());
    await mount(['--bind', source, target]);
    return target;
  } finally {
    await handle.close();
  }
}

/** Walks down name by name through open directories, so that no name is looked up twice. */
async function openBelow(volume: string, path: string): Promise<FileHandle> {
  let handle = await open(volume, pathOnly | constants.O_NOFOLLOW);
  for (const name of path.split('/').filter(Boolean)) {
    const parent = handle;
    try {
      handle = await open(`/proc/self/fd/${parent.fd}/${name}`, pathOnly | constants.O_NOFOLLOW);
    } finally {
      await parent.close();
    }
    // With O_PATH a link itself is opened: it came after the path was resolved.
    if ((await handle.stat()).isSymbolicLink()) {
      await handle.close();
      throw new Error(`subpath ${path} has changed`);
    }
  }
  return handle;
}

/** Makes what is missing of the path; links in what is there are followed as long as they stay inside. */
async function makeBelow(volume: string, subPath: string, mode: number): Promise<void> {
  let at = volume;
  for (const name of subPath.split('/').filter((part) => part !== '' && part !== '.')) {
    const next = join(at, name);
    if (await linuxFiles.stat(next)) {
      at = await realpath(next);
      if (at !== volume && !at.startsWith(`${volume}/`))
        throw new Error(`subpath ${subPath} leads out of the volume`);
      continue;
    }
    const parent = await openBelow(volume, relative(volume, at));
    try {
      const made = `/proc/self/fd/${parent.fd}/${name}`;
      await mkdir(made);
      await linuxFiles.setMode(made, mode);
    } finally {
      await parent.close();
    }
    at = next;
  }
}

async function makeTarget(target: string, directory: boolean): Promise<void> {
  await linuxFiles.makeDirectory(directory ? target : dirname(target), { mode: 0o750 });
  if (!directory && !(await linuxFiles.stat(target))) await writeFile(target, '', { mode: 0o640 });
}

async function sameFile(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([stat(a), stat(b)]);
  return left.dev === right.dev && left.ino === right.ino;
}
