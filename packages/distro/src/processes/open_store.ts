import { type Logger, systemClock } from '@kubets/base';
import type { Store } from '@kubets/storage';
import { openLmdbStore } from '@kubets/storage/lmdb/index.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { etcdTls } from '../etcd/etcd_config.ts';
import { ensureEtcd } from '../etcd/etcd_process.ts';

/** The store of a cluster: the embedded one, or etcd, whose member on this machine is started where it is managed. */
export async function openClusterStore(
  paths: ClusterPaths,
  config: ClusterConfig,
  log: Logger,
): Promise<Store> {
  const { etcd } = config;
  if (!etcd) return openLmdbStore({ path: paths.store, clock: systemClock, log });
  if (etcd.managed) await ensureEtcd(paths, etcd.managed);
  // Loaded when it is needed: with it comes gRPC.
  const { openEtcdStore } = await import('@kubets/storage/etcd/index.ts');
  return openEtcdStore({ endpoints: etcd.endpoints, tls: etcdTls(paths, etcd), clock: systemClock, log });
}
