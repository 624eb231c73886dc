import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterPaths, stateRoot } from '../cluster/paths.ts';
import { type Role, recordProcess } from './process_record.ts';

export interface SpawnOptions {
  paths: ClusterPaths;
  role: Role;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
}

/** Starts a process that outlives this one, its output appended to the role's log file. Returns its pid. */
export function spawnDetached(options: SpawnOptions): number {
  mkdirSync(options.paths.logs, { recursive: true, mode: 0o700 });
  const log = openSync(logPath(options.paths, options.role), 'a', 0o600);
  try {
    const child = spawn(options.command, options.args, {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log],
      // A relative folder would be another one where the process runs.
      env: {
        ...process.env,
        ...(process.env.KUBETS_STATE_DIR && { KUBETS_STATE_DIR: stateRoot() }),
        ...options.env,
      },
    });
    if (child.pid === undefined) throw new Error(`cannot start ${options.command}`);
    child.unref();
    recordProcess(options.paths, options.role, child.pid);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

export function logPath(paths: ClusterPaths, role: Role): string {
  return join(paths.logs, `${role}.log`);
}

/** The end of a role's log, for a message that says why it did not start. */
export function logTail(paths: ClusterPaths, role: Role, lines = 15): string {
  try {
    return readFileSync(logPath(paths, role), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
