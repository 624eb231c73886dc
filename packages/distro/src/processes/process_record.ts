// The processes of a cluster, by pid files that tell a live process from another that got its pid.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPaths } from '../cluster/paths.ts';

export const roles = ['containerd', 'etcd', 'server', 'agent'] as const;
export type Role = (typeof roles)[number];

interface ProcessRecord {
  pid: number;
  /** When the process started, in the machine's own measure: differs for a later process of the same pid. */
  started: string;
}

export function recordProcess(paths: ClusterPaths, role: Role, pid: number): void {
  mkdirSync(paths.run, { recursive: true, mode: 0o711 });
  const path = recordPath(paths, role);
  // Whoever waits for the process reads again and again: the record is there as a whole or not at all.
  writeFileSync(`${path}.next`, processRecord(pid));
  renameSync(`${path}.next`, path);
}

export function processRecord(pid: number): string {
  const record: ProcessRecord = { pid, started: startOf(pid) ?? '' };
  return JSON.stringify(record) + '\n';
}

/** The pid of the role's process, if it is alive. */
export function livePid(paths: ClusterPaths, role: Role): number | undefined {
  return recordedPid(recordPath(paths, role));
}

/** The pid that a file's record names, if that process is alive. */
export function recordedPid(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const record = JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord;
  return startOf(record.pid) === record.started ? record.pid : undefined;
}

export function forgetProcess(paths: ClusterPaths, role: Role): void {
  rmSync(recordPath(paths, role), { force: true });
}

/** SIGTERM, then SIGKILL after `graceMs`. Resolves when the process is gone. */
export async function stopProcess(paths: ClusterPaths, role: Role, graceMs: number): Promise<void> {
  const pid = livePid(paths, role);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    const end = Date.now() + graceMs;
    let killed = false;
    while (livePid(paths, role) !== undefined) {
      if (!killed && Date.now() > end) {
        process.kill(pid, 'SIGKILL');
        killed = true;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  forgetProcess(paths, role);
}

function recordPath(paths: ClusterPaths, role: Role): string {
  return join(paths.run, `${role}.json`);
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // proc(5): field 22 is the start time, field 3 the state; names may hold blanks, so count from the last bracket.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
