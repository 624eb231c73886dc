import { type ClusterConfig, readClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { UserError } from '../main.ts';

/** @throws UserError when there is no cluster of that name. */
export function requireCluster(paths: ClusterPaths): ClusterConfig {
  const config = readClusterConfig(paths);
  if (!config) throw new UserError(`no cluster ${paths.name}: \`kubets up --name ${paths.name}\` makes it`);
  return config;
}
