import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** Resident memory, bytes. */
  memoryBytes: number;
  /** CPU time since its start, seconds. */
  cpuSeconds: number;
}

/** What a process uses, or undefined when it is gone. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    return process.platform === 'linux' ? usageFromProc(pid) : usageFromPs(pid);
  } catch {
    return undefined;
  }
}

function usageFromProc(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    memoryBytes: Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024,
    // USER_HZ is 100 on every Linux that Node runs on (proc(5)).
    cpuSeconds: ticks / 100,
  };
}

function usageFromPs(pid: number): ProcessUsage {
  const [rss, time] = execFileSync('ps', ['-o', 'rss=,time=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  const parts = time!.split(':').map(Number);
  return { memoryBytes: Number(rss) * 1024, cpuSeconds: parts.reduce((sum, part) => sum * 60 + part, 0) };
}
