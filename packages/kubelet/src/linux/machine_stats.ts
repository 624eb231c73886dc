// What the machine as a whole uses, from /proc.
import { readdir, readFile, statfs } from 'node:fs/promises';
import type { FsUsage, MachineUsage } from '../host/host.ts';

export interface MachineStats {
  cpuNanoSeconds: number;
  memoryWorkingSetBytes: number;
  memoryAvailableBytes: number;
  memoryUsedBytes: number;
  fs: FsUsage;
}

/** The kernel counts processor time in hundredths of a second (USER_HZ). */
const nanosecondsPerTick = 1e7;

export async function machineStats(rootDir: string): Promise<MachineStats> {
  const [stat, meminfo, fs] = await Promise.all([
    readFile('/proc/stat', 'utf8'),
    readFile('/proc/meminfo', 'utf8'),
    fsUsage(rootDir),
  ]);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const bytes = (name: string) => memoryBytes(meminfo, name);
  const total = bytes('MemTotal');
  return {
    cpuNanoSeconds: (user + nice + system + irq + softirq) * nanosecondsPerTick,
    memoryAvailableBytes: bytes('MemAvailable'),
    memoryWorkingSetBytes: total - bytes('MemAvailable'),
    memoryUsedBytes: total - bytes('MemFree'),
    fs,
  };
}

export async function fsUsage(path: string): Promise<FsUsage> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
  return {
    capacityBytes: blocks * bsize,
    availableBytes: bavail * bsize,
    usedBytes: (blocks - bfree) * bsize,
    inodes: files,
    inodesFree: ffree,
  };
}

export const linuxUsage: MachineUsage = {
  async memory() {
    const meminfo = await readFile('/proc/meminfo', 'utf8');
    return {
      availableBytes: memoryBytes(meminfo, 'MemAvailable'),
      capacityBytes: memoryBytes(meminfo, 'MemTotal'),
    };
  },
  fs: fsUsage,
  async processes() {
    const [max, names] = await Promise.all([readFile('/proc/sys/kernel/pid_max', 'utf8'), readdir('/proc')]);
    const capacity = Number(max);
    return { capacity, available: capacity - names.filter((name) => /^\d+$/.test(name)).length };
  },
};

function memoryBytes(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
}
