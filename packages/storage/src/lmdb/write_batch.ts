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
  try {
    // Within a batch only its own promise tells of the outcome; those of the single writes don't.
    await file.root.batch(write);
  } catch (error) {
    throw await causeOf(error as Error, file.path);
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
