import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensurePki } from '../certificates/cluster_pki.ts';
import { type ClusterConfig, readClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { type Command, UserError } from '../main.ts';
import { livePid, recordProcess } from '../processes/process_record.ts';
import { runServer } from '../processes/run_server.ts';
import { pathsOfName } from './cluster_flags.ts';
import {
  asksForCluster,
  configFromFlags,
  type NewClusterFlags,
  newClusterFlags,
  newClusterUsage,
} from './new_cluster.ts';
import { requireCluster } from './require_cluster.ts';
import { runUntilSignal } from './run_until_signal.ts';

export const server: Command = {
  name: 'server',
  summary: 'run API server, controllers and scheduler in the foreground',
  usage: `
kubets server [--name NAME]                    the server of a cluster that is there
kubets server --cluster-init                   the first server of a cluster of several
kubets server --join URL --token TOKEN         one more
${newClusterUsage}`,
  async run(args) {
    const { values: flags } = parseArgs({
      args,
      options: { name: { type: 'string' }, 'await-store': { type: 'boolean' }, ...newClusterFlags },
    });
    const paths = pathsOfName(flags.name);
    refuseSecond(paths);
    if (flags['await-store']) await storeIsThere(paths);
    const asked = asksForCluster(flags);
    if (asked || !readClusterConfig(paths)) {
      const config = asked ? await serverConfig(paths, flags) : requireCluster(paths);
      writeClusterConfig(paths, config);
      await ensurePki(paths, config, Date.now());
    }
    recordProcess(paths, 'server', process.pid);
    return runUntilSignal('server', (signal, log) =>
      runServer({ paths, config: requireCluster(paths), signal, log }),
    );
  },
};

/** A second one would take the first one's place in what `down` and `status` know, before it fails. */
function refuseSecond(paths: ClusterPaths): void {
  const pid = livePid(paths, 'server');
  // Whoever starts a server in the background records it before it runs.
  if (pid === undefined || pid === process.pid) return;
  throw new UserError(`the server of cluster ${paths.name} runs already, as process ${pid}`);
}

async function serverConfig(paths: ClusterPaths, flags: NewClusterFlags): Promise<ClusterConfig> {
  const known = readClusterConfig(paths);
  const config = await configFromFlags(paths, flags);
  return known ? config : { ...config, serverOnly: config.fakeNodes === 0 };
}

const storeTimeoutMs = 60_000;

/** The store of a cluster that is being copied appears last, and whole. */
async function storeIsThere(paths: ClusterPaths): Promise<void> {
  const end = Date.now() + storeTimeoutMs;
  while (!existsSync(paths.store)) {
    if (Date.now() > end) throw new UserError(`no store came to ${paths.store} within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
