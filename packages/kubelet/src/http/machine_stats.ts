// What the machine as a whole uses, from /proc.
import { readFile, statfs } from 'node:fs/promises';

export interface MachineStats {
  cpuNanoSeconds: number;
  memoryWorkingSetBytes: number;
  memoryAvailableBytes: number;
  memoryUsedBytes: number;
  fs: FsStats;
}

export interface FsStats {
  capacityBytes: number;
  availableBytes: number;
  usedBytes: number;
  inodes: number;
  inodesFree: number;
}

/** The kernel counts processor time in hundredths of a second (USER_HZ). */
const nanosecondsPerTick = 1e7;

export async function machineStats(rootDir: string): Promise<MachineStats> {
  const [stat, meminfo, fs] = await Promise.all([
    readFile('/proc/stat', 'utf8'),
    readFile('/proc/meminfo', 'utf8'),
    fsStats(rootDir),
  ]);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  const total = bytes('MemTotal');
  return {
    cpuNanoSeconds: (user + nice + system + irq + softirq) * nanosecondsPerTick,
    memoryAvailableBytes: bytes('MemAvailable'),
    memoryWorkingSetBytes: total - bytes('MemAvailable'),
    memoryUsedBytes: total - bytes('MemFree'),
    fs,
  };
}

export async function fsStats(path: string): Promise<FsStats> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
  return {
    capacityBytes: blocks * bsize,
    availableBytes: bavail * bsize,
    usedBytes: (blocks - bfree) * bsize,
    inodes: files,
    inodesFree: ffree,
  };
}
