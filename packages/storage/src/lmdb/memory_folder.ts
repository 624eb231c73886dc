import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const inMemory = '/dev/shm';
/** An etcd takes 64 MiB for its log before it writes anything. */
const neededBytes = 2 ** 30;

/**
 * For tests: where files of a process that is killed are still there, but no fsync waits for a disk. Only a loss of
 * power would tell it from one, and no test can do that to a real disk. The usual folder where there is no such place.
 */
export function memoryFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize >= neededBytes ? inMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}
