import { statfs } from 'node:fs/promises';
import { NoSpaceError } from '../store.ts';
import type { LmdbFile } from './lmdb_file.ts';

/** Less than this free on the disk means that a failed write failed for want of space. */
const fullBytes = 16 * 1024 * 1024;

/**
 * Runs `write`, which puts into and removes from the tables, as one transaction, and resolves once it is on the
 * disk. All or nothing: when it rejects, nothing was written.
 * @throws NoSpaceError
 */
export async function writeBatch(file: LmdbFile, write: () => void): Promise<void> {
  const { root, path } = file;
  if (ended.has(root)) throw new EndedError();
  try {
    // Within a batch only its own promise tells of the outcome; those of the single writes don't.
    await root.batch(write);
  } catch (error) {
    if (hasEnded(root)) ended.add(root);
    throw await causeOf(error as Error, path);
  }
}

/** Those for which LMDB begins no transaction any more; it would not even answer. */
const ended = new WeakSet<LmdbFile['root']>();
const panic = -30795;

class EndedError extends Error {
  override readonly name = 'EndedError';
  constructor() {
    super(
      'a write to LMDB has failed halfway: nothing more can be written before the server is started again',
    );
  }
}

/** LMDB gives up when the disk has refused the page that points to the others. Reads go on. */
function hasEnded(root: LmdbFile['root']): boolean {
  try {
    root.getStats();
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === panic;
  }
}

async function causeOf(failure: Error & { commitError?: Promise<unknown> }, path: string): Promise<unknown> {
  const cause = await failure.commitError?.catch((error: unknown) => error);
  const { code } = (cause ?? failure) as { code?: unknown };
  // LMDB reports a write that was cut short as EIO (5), so the disk itself is asked; ENOSPC is 28, EDQUOT 122.
  if (code === 28 || code === 122) return new NoSpaceError();
  const disk = await statfs(path);
  if (disk.bavail * disk.bsize < fullBytes) return new NoSpaceError();
  return cause ?? failure;
}
