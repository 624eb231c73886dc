import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { SnapshotFrame } from '@kubets/storage/snapshot/index.ts';
import type { ClusterPaths } from '../cluster/paths.ts';

export type SnapshotFile = Extract<SnapshotFrame, { type: 'file' }>;

/** Keys and certificates that belong to the cluster rather than to one machine; the rest is made anew. */
const clusterFiles = /^(server-secret|pki\/(ca|service-account|admin|etcd-ca)\.(crt|key|pub))$/;
const anyFile = /^(server-secret|pki\/[a-z-]+\.(crt|key|pub))$/;

/** Writes the files of a snapshot; on the same machine all certificates stay good. */
export function putFiles(
  paths: ClusterPaths,
  files: readonly SnapshotFile[],
  { sameMachine = false }: { sameMachine?: boolean } = {},
): void {
  const wanted = files
    .map((file) => ({ ...file, path: normalize(file.path) }))
    .filter(({ path }) => (sameMachine ? anyFile : clusterFiles).test(path));
  const authority = wanted.find(({ path }) => path === 'pki/ca.crt');
  const current = join(paths.pki, 'ca.crt');
  const same = authority && existsSync(current) && Buffer.from(authority.bytes).equals(readFileSync(current));
  // Another authority signed what is there: `up` makes it anew.
  if (!same) {
    for (const folder of [paths.pki, paths.kubeconfigs]) rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
  for (const { path, mode, bytes } of wanted) {
    // On the disk before the store is: nobody can read it without them.
    writeFileSync(join(paths.root, path), bytes, { mode, flush: true });
  }
}
