// A snapshot into etcd: an empty one of somebody else's, or one of the cluster's own that begins anew.
import { rmSync } from 'node:fs';
import { normalize } from 'node:path';
import { type Logger, silentLogger } from '@kubets/base';
import type { Revision } from '@kubets/storage';
import { restoreIntoStore, type SnapshotFrame } from '@kubets/storage/snapshot/index.ts';
import { ensurePki } from '../certificates/cluster_pki.ts';
import { type ClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { peerUrl } from '../etcd/etcd_config.ts';
import { openClusterStore } from '../processes/open_store.ts';
import { stopProcess } from '../processes/process_record.ts';
import { clusterFiles, putFiles, refuseOtherNetworks } from './restore_cluster.ts';
import type { SnapshotAbout } from './snapshot_source.ts';

/** Each costs a write here, so there are fewer of them than where a number can be set. */
const unseenRevisions = 10_000;

export interface RestoreIntoEtcdOptions {
  frames: AsyncIterable<SnapshotFrame>;
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
  const { frames, paths, existing } = options;
  const seen = existing ? await seenRevision(paths, options.config) : undefined;
  const config = options.config.etcd?.managed ? await beginAnew(paths, options.config) : options.config;
  const files: { path: string; mode: number; bytes: Uint8Array }[] = [];
  const beforeEntries: SnapshotFrame[] = [];
  const iterator = frames[Symbol.asyncIterator]();
  // Configuration and keys come first: etcd cannot start without them.
  for (;;) {
    const next = await iterator.next();
    if (next.done) break;
    const frame = next.value;
    if (frame.type === 'about' && existing) {
      refuseOtherNetworks(config, (frame.about as unknown as SnapshotAbout).cluster);
    }
    if (frame.type === 'file' && clusterFiles.test(normalize(frame.path))) files.push(frame);
    if (frame.type !== 'store') continue;
    beforeEntries.push(frame);
    break;
  }
  writeClusterConfig(paths, config);
  putFiles(paths, files);
  await ensurePki(paths, config, Date.now());
  async function* rest() {
    yield* beforeEntries;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  const log: Logger = silentLogger;
  const store = await openClusterStore(paths, config, log);
  try {
    const entries = await restoreIntoStore(rest(), store, {
      revisionAfter: (revision) => Math.max(revision, seen ?? revision + unseenRevisions) + 1,
      onProgress: options.onProgress,
    });
    return { entries, revision: await store.revision(), config };
  } finally {
    await store.close();
  }
}

async function seenRevision(paths: ClusterPaths, config: ClusterConfig): Promise<Revision | undefined> {
  try {
    const store = await openClusterStore(paths, config, silentLogger);
    try {
      return await store.revision();
    } finally {
      await store.close();
    }
  } catch {
    // Without a majority there is nobody to ask: that is what restoring is for.
    return undefined;
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
