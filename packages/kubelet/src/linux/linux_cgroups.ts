// Cgroups of pods, on both versions of the hierarchy; controllers that the machine has not are left out.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupLimits, Cgroups } from '../host/host.ts';

/** `mountPoint`: /sys/fs/cgroup. */
export function linuxCgroups(mountPoint = '/sys/fs/cgroup'): Cgroups {
  const unified = existsSync(join(mountPoint, 'cgroup.controllers'));
  return {
    ensure: (path, limits) =>
      unified ? ensureV2(mountPoint, path, limits) : ensureV1(mountPoint, path, limits),
    async remove(path) {
      if (unified) return removeTree(join(mountPoint, path));
      for (const controller of await readdir(mountPoint))
        await removeTree(join(mountPoint, controller, path));
    },
  };
}

async function ensureV1(mountPoint: string, path: string, limits: CgroupLimits): Promise<void> {
  const set = async (controller: string, values: Record<string, number | undefined>) => {
    const root = join(mountPoint, controller);
    if (!existsSync(root)) return;
    await mkdir(join(root, path), { recursive: true });
    for (const [file, value] of Object.entries(values))
      if (value !== undefined) await write(join(root, path, file), value);
  };
  await set('cpu', {
    'cpu.shares': limits.cpuShares,
    'cpu.cfs_period_us': limits.cpuPeriod,
    'cpu.cfs_quota_us': limits.cpuQuota || -1,
  });
  await set('memory', { 'memory.limit_in_bytes': limits.memoryLimitInBytes ?? -1 });
  await set('pids', { 'pids.max': limits.pidsLimit });
}

async function ensureV2(mountPoint: string, path: string, limits: CgroupLimits): Promise<void> {
  let at = mountPoint;
  for (const part of path.split('/').filter(Boolean)) {
    // A child has only the controllers that its parent hands down; one that is missing stays so.
    for (const controller of ['cpu', 'memory', 'pids', 'cpuset', 'io', 'hugetlb'])
      await write(join(at, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
    at = join(at, part);
    await mkdir(at, { recursive: true });
  }
  const { cpuShares, cpuQuota, cpuPeriod = 100_000, memoryLimitInBytes, pidsLimit } = limits;
  if (cpuShares !== undefined) await write(join(at, 'cpu.weight'), cpuWeight(cpuShares));
  await write(join(at, 'cpu.max'), `${cpuQuota || 'max'} ${cpuPeriod}`);
  await write(join(at, 'memory.max'), memoryLimitInBytes ?? 'max');
  if (pidsLimit !== undefined) await write(join(at, 'pids.max'), pidsLimit);
}

/** Shares of 2 to 262144 as weights of 1 to 10000 (KEP-2254). */
export function cpuWeight(shares: number): number {
  return Math.floor(1 + ((shares - 2) * 9999) / 262_142);
}

async function write(file: string, value: number | string): Promise<void> {
  if (existsSync(file)) await writeFile(file, String(value));
}

/** Leaves first; one with processes in it stays. */
async function removeTree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isDirectory()) await removeTree(join(path, entry.name));
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
