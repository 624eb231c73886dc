import { existsSync } from 'node:fs';
import { silentLogger } from '@kubets/base';
import type { Revision } from '@kubets/storage';
import { StoreInUseError } from '@kubets/storage/lmdb/index.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { openClusterStore } from '../processes/open_store.ts';

/**
 * The newest revision in the store of a stopped cluster; undefined where it can't be read: damaged, or without a
 * majority, which is what restoring is for.
 */
export async function lastRevision(
  paths: ClusterPaths,
  config: ClusterConfig,
): Promise<Revision | undefined> {
  if (!config.etcd && !existsSync(paths.store)) return undefined;
  try {
    const store = await openClusterStore(paths, config, silentLogger);
    try {
      return await store.revision();
    } finally {
      await store.close();
    }
  } catch (error) {
    // It is not damaged, it changes: whoever has it must be gone first.
    if (error instanceof StoreInUseError) throw error;
    return undefined;
  }
}
