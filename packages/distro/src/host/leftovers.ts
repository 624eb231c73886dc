// What a killed cluster can leave on a machine, found by the paths that only this cluster uses.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from './preflight.ts';

/** Pids of processes whose command line names `text`. */
export function processesNaming(text: string): number[] {
  const found: number[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      if (readFileSync(join('/proc', entry, 'cmdline'), 'latin1').includes(text)) found.push(Number(entry));
    } catch {
      // The process has ended meanwhile.
    }
  }
  return found;
}

/** Mount points below any of the folders, innermost first. */
export function mountsBelow(
  folders: readonly string[],
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((path) => path !== undefined)
    .map((path) =>
      path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
    )
    .filter((path) => folders.some((folder) => path === folder || path.startsWith(`${folder}/`)))
    .reverse();
}

export function unmountBelow(folders: readonly string[]): void {
  for (const path of mountsBelow(folders)) {
    // Lazily: a process that still looks into it must not keep the cluster from ending.
    execFileSync(findTool('umount')!, ['-l', path], { stdio: 'ignore' });
  }
}

/** Removes the cgroups called `name` from every hierarchy, children first. */
export function removeCgroups(name: string): void {
  const root = '/sys/fs/cgroup';
  if (!existsSync(root)) return;
  const hierarchies = [root, ...readdirSync(root).map((entry) => join(root, entry))];
  for (const hierarchy of hierarchies) removeCgroup(join(hierarchy, name));
}

function removeCgroup(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroup(join(path, entry.name));
  }
  try {
    rmdirSync(path);
  } catch {
    // A process is still in it: it ends with its shim, and the next `down` takes the empty group.
  }
}
