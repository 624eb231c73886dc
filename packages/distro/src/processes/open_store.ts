import { aborted, errorMessage, type Logger, systemClock } from '@kubets/base';
import { type Store, StoreUnavailableError } from '@kubets/storage';
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

/**
 * For a server: after a power cut machines come back one by one, so one with a member of a managed etcd waits for the
 * majority, until `signal` aborts.
 */
export async function awaitClusterStore(options: {
  paths: ClusterPaths;
  config: ClusterConfig;
  log: Logger;
  signal: AbortSignal;
}): Promise<Store> {
  const { paths, config, log, signal } = options;
  const stopped = aborted(signal).then(() => {
    throw new Error('stopped before etcd answered');
  });
  stopped.catch(() => {});
  for (;;) {
    try {
      return await Promise.race([openClusterStore(paths, config, log), stopped]);
    } catch (error) {
      if (!config.etcd?.managed || !(error instanceof StoreUnavailableError)) throw error;
      log.warn('etcd has no majority yet: waiting for the other members', { reason: errorMessage(error) });
    }
  }
}
