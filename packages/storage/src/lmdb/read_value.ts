import type { ByteSlabs } from '../byte_slabs.ts';
import type { Bytes, Revision } from '../store.ts';
import { checksumOf } from './checksum.ts';
import { StoreDamagedError, type Tables } from './tables.ts';

/** The value that a revision wrote, which must be what was written. @throws StoreDamagedError */
export function readValue(
  tables: Tables,
  revision: Revision,
  checksum: number,
  allocate?: ByteSlabs['allocate'],
): Bytes {
  const value = tables.value(revision, allocate);
  if (!value) throw new StoreDamagedError(tables.path, `the value of revision ${revision} is missing`);
  if (checksumOf(value) !== checksum) {
    throw new StoreDamagedError(tables.path, `the value of revision ${revision} is not what was written`);
  }
  return value;
}
