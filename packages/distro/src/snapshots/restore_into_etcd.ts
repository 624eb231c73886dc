// A snapshot into etcd: an empty one of somebody else's, or one of the cluster's own that begins anew.
import { rmSync } from 'node:fs';
import { silentLogger } from '@kubets/base';
import type { Revision } from '@kubets/storage';
import { restoreIntoStore, type SnapshotFrame } from '@kubets/storage/snapshot/index.ts';
import { ensurePki } from '../certificates/cluster_pki.ts';
import { type ClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { peerUrl } from '../etcd/etcd_config.ts';
import { openClusterStore } from '../processes/open_store.ts';
import { stopProcess } from '../processes/process_record.ts';
import { lastRevision } from './last_revision.ts';
import { putFiles, type SnapshotFile } from './put_files.ts';

/** Each costs a write here, so there are fewer of them than where a number can be set. */
const unseenRevisions = 10_000;

export interface RestoreIntoEtcdOptions {
  frames: AsyncIterable<SnapshotFrame>;
  /** Those of the frames, known already: etcd cannot start without its keys. */
  files: readonly SnapshotFile[];
  paths: ClusterPaths;
  config: ClusterConfig;
  /** The cluster is there and begins anew: its members but this one have to join again. */
  existing: boolean;
  onProgress?(revision: Revision, target: Revision): void;
}

/** The server must not be running. @throws BadSnapshotError when an etcd of somebody else's is not empty */
export async function restoreIntoEtcd(
  options: RestoreIntoEtcdOptions,
): Promise<{ entries: number; revision: Revision; config: ClusterConfig }> {
  const { frames, files, paths, existing, onProgress } = options;
  const seen = existing ? await lastRevision(paths, options.config) : undefined;
  const config = options.config.etcd?.managed ? await beginAnew(paths, options.config) : options.config;
  const place = async () => {
    writeClusterConfig(paths, config);
    putFiles(paths, files);
    await ensurePki(paths, config, Date.now());
  };
  // A member of our own needs its keys to start; an etcd of somebody else's may still refuse.
  if (config.etcd?.managed) await place();
  const store = await openClusterStore(paths, config, silentLogger);
  try {
    const entries = await restoreIntoStore(frames, store, {
      revisionAfter: (revision) => Math.max(revision, seen ?? revision + unseenRevisions) + 1,
      onProgress,
    });
    if (!config.etcd?.managed) await place();
    return { entries, revision: await store.revision(), config };
  } finally {
    await store.close();
  }
}

/** One member, with nothing in it. */
async function beginAnew(paths: ClusterPaths, config: ClusterConfig): Promise<ClusterConfig> {
  const managed = config.etcd!.managed!;
  await stopProcess(paths, 'etcd', 5_000);
  rmSync(paths.etcd, { recursive: true, force: true });
  const initialCluster = `${managed.name}=${peerUrl(managed)}`;
  return {
    ...config,
    etcd: {
      endpoints: [`https://127.0.0.1:${managed.clientPort}`],
      managed: { ...managed, initialCluster, initialState: 'new' },
    },
  };
}
