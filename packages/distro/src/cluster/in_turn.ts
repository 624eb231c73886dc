// Commands that make, replace or end clusters take turns: by a file that names the process whose turn it is.
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../main.ts';
import { processRecord, recordedPid } from '../processes/process_record.ts';
import type { ClusterPaths } from './paths.ts';

const pollMs = 20;
const longestWaitMs = 120_000;

/** Alone with one cluster. @throws UserError when another command doesn't come to its end. */
export function aloneWith<T>(paths: ClusterPaths, act: () => Promise<T>): Promise<T> {
  return inTurn(join(dirname(paths.run), `${paths.name}.turn`), act);
}

/** Alone with all clusters of the state folder, for choosing ports and networks that none has. */
export function aloneWithAll<T>(paths: ClusterPaths, act: () => Promise<T>): Promise<T> {
  return inTurn(join(dirname(paths.run), '.turn'), act);
}

export async function inTurn<T>(file: string, act: () => Promise<T>, waitMs = longestWaitMs): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o711 });
  const end = Date.now() + waitMs;
  for (;;) {
    const holder = take(file);
    if (holder === undefined) break;
    if (Date.now() >= end) {
      throw new UserError(`another command, process ${holder}, is at work on this: wait until it is done`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  try {
    return await act();
  } finally {
    rmSync(file, { force: true });
  }
}

/** The pid of the living process that has the turn; undefined: it is ours now. */
function take(file: string): number | undefined {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, processRecord(process.pid));
  try {
    // A link appears with its content, and only where there is none.
    linkSync(own, file);
    return undefined;
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
    const holder = recordedPid(file);
    if (holder !== undefined) return holder;
    return clear(file, `${own}.stale`) ?? take(file);
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Takes away the file of a process that was killed. Of several that have found that out, another may have been faster
 * and have the turn by now: its file is put back.
 */
function clear(file: string, stale: string): number | undefined {
  try {
    renameSync(file, stale);
    const holder = recordedPid(stale);
    if (holder !== undefined) linkSync(stale, file);
    return holder;
  } catch {
    return undefined;
  } finally {
    rmSync(stale, { force: true });
  }
}
