import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { errorMessage } from '@kubets/base';
import { BadSnapshotError } from '@kubets/storage/snapshot/index.ts';
import { type ClusterConfig, listClusters, newClusterConfig, readClusterConfig } from '../cluster/config.ts';
import { aloneWith, aloneWithAll } from '../cluster/in_turn.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { nodeAddress, nodeName, portTaken } from '../host/addresses.ts';
import { type Command, UserError } from '../main.ts';
import { stopProcess } from '../processes/process_record.ts';
import { refuseOtherNetworks, restoreCluster } from '../snapshots/restore_cluster.ts';
import { restoreIntoEtcd } from '../snapshots/restore_into_etcd.ts';
import {
  listSnapshotFiles,
  readSnapshotFile,
  removePartials,
  type SnapshotSummary,
  snapshotSuffix,
  summarizeSnapshot,
  writeSnapshotFile,
} from '../snapshots/snapshot_file.ts';
import { clusterSnapshot } from '../snapshots/snapshot_source.ts';
import { formatBytes } from '../terminal/progress.ts';
import { formatTable } from '../terminal/table.ts';
import { pathsOfName } from './cluster_flags.ts';
import {
  externalEtcd,
  initialized,
  type NewClusterFlags,
  newClusterFlags,
  portsFromFlags,
  refuseOtherStore,
  withTimes,
} from './new_cluster.ts';
import { requireCluster } from './require_cluster.ts';
import { startCluster } from './up.ts';

export const snapshot: Command = {
  name: 'snapshot',
  summary: 'save a cluster to a file, bring one back from it',
  usage: `
kubets snapshot save [FILE] [--name NAME]      everything of the cluster at one revision, while it runs:
                                               objects, certificates, keys
kubets snapshot list [FOLDER] [--name NAME]    snapshots of the cluster, or in a folder (or: ls)
kubets snapshot restore FILE [--name NAME]     put the cluster back as it was; a cluster that isn't there,
                                               on this or another machine, is made and started

A snapshot holds the cluster's keys: keep it as you keep those. Restoring into a cluster that exists stops its server,
keeps the replaced store beside the new one until the next restore, and starts it again.
A cluster that is made takes the flags of \`kubets up\`: with --cluster-init or --store etcd=URL,... it goes on in etcd,
without them in the embedded store, wherever it was before.
`,
  async run(args) {
    const { values: flags, positionals } = parseArgs({
      args,
      options: { name: { type: 'string' }, ...newClusterFlags },
      allowPositionals: true,
    });
    const [verb, file, ...rest] = positionals;
    const paths = pathsOfName(flags.name);
    if (rest.length > 0) throw new UserError('one file at a time');
    try {
      if (verb === 'save') return await save(paths, file);
      if (verb === 'ls' || verb === 'list') return await list(file ?? paths.snapshots);
      if (verb === 'restore' && file) return await restore(paths, file, flags);
    } catch (error) {
      if (error instanceof BadSnapshotError) throw new UserError(`${file}: ${error.message}`);
      // What the system refuses (no room, no permission, a name that is taken) is a person's to mend.
      if (error instanceof Error && 'syscall' in error) throw new UserError(error.message);
      throw error;
    }
    throw new UserError('usage: kubets snapshot save [FILE] | list [FOLDER] | restore FILE');
  },
};

async function save(paths: ClusterPaths, given: string | undefined): Promise<number> {
  const config = requireCluster(paths);
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '');
  const file = given ? resolve(given) : join(paths.snapshots, `${config.name}-${time}Z${snapshotSuffix}`);
  if (existsSync(file)) throw new UserError(`${file} is there already`);
  if (existsSync(paths.snapshots)) removePartials(paths.snapshots);
  await writeSnapshotFile(file, clusterSnapshot(paths, config));
  const { revision, bytes } = await summarizeSnapshot(file);
  process.stdout.write(`saved ${config.name} at revision ${revision} to ${file} (${formatBytes(bytes)})\n`);
  return 0;
}

async function list(folder: string): Promise<number> {
  const files = listSnapshotFiles(folder);
  if (files.length === 0) {
    process.stdout.write(`no snapshots in ${folder}\n`);
    return 0;
  }
  const rows: string[][] = [['TAKEN', 'CLUSTER', 'REVISION', 'SIZE', 'FILE']];
  // One after the other: a folder may hold more of them than a process may open.
  for (const file of files) {
    const row = await summarizeSnapshot(file).then(describe, (error) => [
      ...['', '', '', ''],
      `${file}: ${errorMessage(error)}`,
    ]);
    rows.push(row);
  }
  process.stdout.write(formatTable(rows));
  return 0;
}

function describe({ takenAt, cluster, revision, bytes, file }: SnapshotSummary): string[] {
  return [takenAt, cluster.name, String(revision), formatBytes(bytes), file];
}

async function restore(paths: ClusterPaths, file: string, flags: NewClusterFlags): Promise<number> {
  if (!existsSync(file)) throw new UserError(`no file ${file}`);
  // Whatever is wrong with the file, or does not fit, is said before anything is stopped.
  const saved = await summarizeSnapshot(file, { toTheEnd: true });
  await aloneWith(paths, () => putBack(paths, saved, flags));
  return 0;
}

async function putBack(paths: ClusterPaths, saved: SnapshotSummary, flags: NewClusterFlags): Promise<void> {
  const { cluster, file, files } = saved;
  const known = readClusterConfig(paths);
  if (known) {
    refuseOtherNetworks(known, cluster);
    refuseOtherStore(known, flags);
  }
  const stop = () => stopProcess(paths, 'server', 10_000);
  const frames = readSnapshotFile(file);
  const target = known ?? (await aloneWithAll(paths, () => configFor(paths, cluster, flags)));
  const existing = known !== undefined;
  if (target.etcd) await stop();
  const { entries, revision, config } = target.etcd
    ? await restoreIntoEtcd({ frames, files, paths, config: target, existing, onProgress: raising() })
    : await restoreCluster({ frames, paths, newConfig: async () => target, stop });
  const what = known ? 'put back' : 'made from the snapshot';
  process.stderr.write(
    `Cluster ${config.name} is ${what}: ${entries} objects, going on at revision ${revision}\n`,
  );
  await startCluster(paths, config);
}

/** Says now and then how far the revision of an etcd is. */
function raising(): (revision: number, target: number) => void {
  let toldOf = 0;
  return (revision, target) => {
    if (revision < toldOf + 20_000) return;
    toldOf = revision;
    process.stderr.write(`raising the revision: ${revision} of ${target}\n`);
  };
}

/** The networks of the saved cluster, on ports and under the name of this machine. */
async function configFor(
  paths: ClusterPaths,
  cluster: ClusterConfig,
  flags: NewClusterFlags,
): Promise<ClusterConfig> {
  const others = listClusters();
  const clash = others.find((other) => other.fakeNodes === 0 && other.serviceCidr === cluster.serviceCidr);
  if (clash && cluster.fakeNodes === 0) {
    throw new UserError(
      `cluster ${clash.name} of this machine has the service addresses ${cluster.serviceCidr} already`,
    );
  }
  const simulated = cluster.fakeNodes > 0;
  const fresh = await newClusterConfig({
    name: paths.name,
    fakeNodes: cluster.fakeNodes,
    nodeName: simulated ? cluster.nodeName : (flags['node-name'] ?? nodeName()),
    nodeAddress: flags.address ?? (simulated ? cluster.nodeAddress : (nodeAddress() ?? '127.0.0.1')),
    ...portsFromFlags(flags),
    others,
    portTaken,
  });
  const { podCidr, serviceCidr, dnsAddress, clusterDomain, simulatedNodes } = cluster;
  const { historyMs, scheduledSnapshots } = cluster;
  const config = withTimes(
    {
      ...fresh,
      podCidr,
      serviceCidr,
      dnsAddress,
      clusterDomain,
      simulatedNodes,
      historyMs,
      scheduledSnapshots,
    },
    flags,
  );
  return flags['cluster-init'] ? initialized(paths, config, flags) : { ...config, etcd: externalEtcd(flags) };
}
