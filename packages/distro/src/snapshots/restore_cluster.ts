// A cluster of a snapshot: in the place of one that is there, or beside those that are.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { silentLogger, systemClock } from '@kubets/base';
import type { Revision } from '@kubets/storage';
import { openLmdbStore } from '@kubets/storage/lmdb/index.ts';
import { restoreLmdbStore } from '@kubets/storage/lmdb/restore.ts';
import type { SnapshotFrame } from '@kubets/storage/snapshot/index.ts';
import { type ClusterConfig, readClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { UserError } from '../main.ts';
import type { SnapshotAbout } from './snapshot_source.ts';

export interface RestoreOptions {
  frames: AsyncIterable<SnapshotFrame>;
  paths: ClusterPaths;
  /** On the same machine all certificates stay good: nothing is made anew. */
  sameMachine?: boolean;
  /** The configuration of a cluster that is not there yet. */
  newConfig(about: SnapshotAbout, names: { nodes: readonly string[] }): Promise<ClusterConfig>;
}

/** Revisions that clients of a lost store may have seen since its snapshot was taken (etcd: --bump-revision). */
const unseenRevisions = 1_000_000;
/** Keys and certificates that belong to the cluster rather than to one machine; the rest is made anew. */
export const clusterFiles = /^(server-secret|pki\/(ca|service-account|admin|etcd-ca)\.(crt|key|pub))$/;
const anyFile = /^(server-secret|pki\/[a-z-]+\.(crt|key|pub))$/;
const nodePrefix = '/registry/minions/';

/** The cluster must not be running. Nothing is replaced before the snapshot has been read to its end. */
export async function restoreCluster({
  frames,
  paths,
  sameMachine,
  newConfig,
}: RestoreOptions): Promise<{ entries: number; revision: Revision; config: ClusterConfig }> {
  const existing = readClusterConfig(paths);
  const seen = existing ? await revisionOf(paths) : undefined;
  const fresh = `${paths.store}.restored`;
  rmSync(fresh, { recursive: true, force: true });
  const files: { path: string; mode: number; bytes: Uint8Array }[] = [];
  const nodes: string[] = [];
  let about: SnapshotAbout | undefined;
  async function* watched() {
    for await (const frame of frames) {
      if (frame.type === 'about') {
        about = frame.about as unknown as SnapshotAbout;
        if (existing) refuseOtherNetworks(existing, about.cluster);
      }
      const kept = sameMachine ? anyFile : clusterFiles;
      if (frame.type === 'file' && kept.test(normalize(frame.path))) files.push(frame);
      if (frame.type === 'entry' && frame.entry.key.startsWith(nodePrefix)) {
        nodes.push(frame.entry.key.slice(nodePrefix.length));
      }
      yield frame;
    }
  }
  try {
    const result = await restoreLmdbStore(watched(), {
      path: fresh,
      revisionAfter: (revision) => Math.max(revision, seen ?? revision + unseenRevisions) + 1,
    });
    const config = existing ?? (await newConfig(about!, { nodes }));
    if (!existing) writeClusterConfig(paths, config);
    putFiles(paths, files);
    const old = `${paths.store}.before-restore`;
    rmSync(old, { recursive: true, force: true });
    if (existsSync(paths.store)) renameSync(paths.store, old);
    renameSync(fresh, paths.store);
    return { ...result, config };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function revisionOf(paths: ClusterPaths): Promise<Revision | undefined> {
  if (!existsSync(paths.store)) return undefined;
  try {
    const store = await openLmdbStore({ path: paths.store, clock: systemClock, log: silentLogger });
    try {
      return await store.revision();
    } finally {
      await store.close();
    }
  } catch {
    // A store too damaged to open is the very reason to restore.
    return undefined;
  }
}

/** Services and pods of the snapshot have addresses of its ranges. */
export function refuseOtherNetworks(existing: ClusterConfig, saved: ClusterConfig): void {
  for (const range of ['serviceCidr', 'podCidr'] as const) {
    if (existing[range] === saved[range]) continue;
    throw new UserError(
      `the snapshot's cluster has ${range} ${saved[range]}, cluster ${existing.name} has ${existing[range]}: restore under a name of its own`,
    );
  }
}

export function putFiles(
  paths: ClusterPaths,
  files: readonly { path: string; mode: number; bytes: Uint8Array }[],
) {
  const authority = files.find(({ path }) => path === 'pki/ca.crt');
  const current = join(paths.pki, 'ca.crt');
  const same = authority && existsSync(current) && Buffer.from(authority.bytes).equals(readFileSync(current));
  // Another authority signed what is there: `up` makes it anew.
  if (!same)
    for (const folder of [paths.pki, paths.kubeconfigs]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
  for (const { path, mode, bytes } of files)
    writeFileSync(join(paths.root, normalize(path)), bytes, { mode });
}
