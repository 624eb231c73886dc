// A cluster of a snapshot in the embedded store: in the place of one that is there, or beside those that are.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Revision } from '@kubets/storage';
import { restoreLmdbStore } from '@kubets/storage/lmdb/restore.ts';
import type { SnapshotFrame } from '@kubets/storage/snapshot/index.ts';
import { type ClusterConfig, readClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { UserError } from '../main.ts';
import { lastRevision } from './last_revision.ts';
import { putFiles, type SnapshotFile } from './put_files.ts';

export interface RestoreOptions {
  frames: AsyncIterable<SnapshotFrame>;
  paths: ClusterPaths;
  /** On the same machine all certificates stay good: nothing is made anew. */
  sameMachine?: boolean;
  /** The configuration of a cluster that is not there yet; `nodes` are the names of those in the snapshot. */
  newConfig(nodes: readonly string[]): Promise<ClusterConfig>;
  /** Stops the server of a cluster that is there. Only called when the new store stands complete beside the old one. */
  stop?(): Promise<void>;
}

/** Revisions that clients of a lost store may have seen since its snapshot was taken (etcd: --bump-revision). */
const unseenRevisions = 1_000_000;
const nodePrefix = '/registry/minions/';

/** Nothing is stopped or replaced before the snapshot has been read to its end and lies on the disk. */
export async function restoreCluster({
  frames,
  paths,
  sameMachine,
  newConfig,
  stop,
}: RestoreOptions): Promise<{ entries: number; revision: Revision; config: ClusterConfig }> {
  const existing = readClusterConfig(paths);
  const old = `${paths.store}.before-restore`;
  const fresh = `${paths.store}.restored`;
  rmSync(fresh, { recursive: true, force: true });
  const files: SnapshotFile[] = [];
  const nodes: string[] = [];
  async function* watched() {
    for await (const frame of frames) {
      if (frame.type === 'file') files.push(frame);
      if (frame.type === 'entry' && frame.entry.key.startsWith(nodePrefix)) {
        nodes.push(frame.entry.key.slice(nodePrefix.length));
      }
      yield frame;
    }
  }
  const revisionAfter = async (revision: Revision) => {
    await stop?.();
    // A restore that was killed may have moved the store away and come no further.
    const store = existsSync(paths.store) ? paths.store : old;
    const seen = existing && (await lastRevision({ ...paths, store }, existing));
    // Who has seen all of the old store waits for the revision after that: it too must be gone to tell him.
    return Math.max(revision, seen ?? revision + unseenRevisions) + 2;
  };
  try {
    const result = await restoreLmdbStore(watched(), { path: fresh, revisionAfter });
    const config = existing ?? (await newConfig(nodes));
    if (!existing) writeClusterConfig(paths, config);
    putFiles(paths, files, { sameMachine });
    if (existsSync(paths.store)) {
      rmSync(old, { recursive: true, force: true });
      renameSync(paths.store, old);
    }
    renameSync(fresh, paths.store);
    syncFolder(paths.root);
    return { ...result, config };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Names that were given or taken away are on the disk when their folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Services and pods of the snapshot have addresses of its ranges. @throws UserError */
export function refuseOtherNetworks(existing: ClusterConfig, saved: ClusterConfig): void {
  for (const range of ['serviceCidr', 'podCidr'] as const) {
    if (existing[range] === saved[range]) continue;
    throw new UserError(
      `the snapshot's cluster has ${range} ${saved[range]}, cluster ${existing.name} has ${existing[range]}: restore under a name of its own`,
    );
  }
}
