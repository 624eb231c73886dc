import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeFromKubeconfig, userKubeconfigPath } from '../certificates/kubeconfig.ts';
import { type ClusterConfig, readIfWhole } from '../cluster/config.ts';
import { aloneWith } from '../cluster/in_turn.ts';
import { type ClusterPaths, isRoot, stateRoot } from '../cluster/paths.ts';
import { etcdMembership } from '../etcd/etcd_cluster.ts';
import { etcdTls } from '../etcd/etcd_config.ts';
import { type Command, UserError } from '../main.ts';
import { stopProcess } from '../processes/process_record.ts';
import { lineProgress } from '../terminal/progress.ts';
import { pathsOfName } from './cluster_flags.ts';

export const down: Command = {
  name: 'down',
  summary: 'end a cluster and remove all that it made',
  usage: `
kubets down [--name NAME]

Ends its processes and containers and removes its mounts, links, tables, cgroups and data.
`,
  async run(args) {
    const { values: flags } = parseArgs({ args, options: { name: { type: 'string' } } });
    const paths = pathsOfName(flags.name);
    if (!existsSync(paths.root) && !existsSync(paths.run)) {
      process.stdout.write(`no cluster ${paths.name}\n`);
      return 0;
    }
    await aloneWith(paths, () => takeDown(paths));
    for (const folder of [dirname(paths.run), stateRoot()]) removeIfEmpty(folder);
    process.stdout.write(`cluster ${paths.name} is gone\n`);
    return 0;
  },
};

async function takeDown(paths: ClusterPaths): Promise<void> {
  const config = readIfWhole(paths);
  const real = config === undefined || config.fakeNodes === 0;
  if (real && !isRoot()) throw new UserError('a cluster of real nodes was started by root: end it with sudo');
  const caFile = join(paths.pki, 'ca.crt');
  const ca = existsSync(caFile) ? readFileSync(caFile, 'utf8') : undefined;
  const progress = lineProgress();
  process.stderr.write(`Ending cluster ${paths.name}\n`);
  await progress.step('processes', async () => {
    // The agent first: it would start anew what is taken away below it.
    // Neither has anything to save: what they keep is about to go.
    await stopProcess(paths, 'agent', 200);
    await stopProcess(paths, 'server', 200);
    await leaveEtcd(paths, config);
    await stopProcess(paths, 'etcd', 200);
  });
  if (real) {
    const { removeNode } = await import('../node/remove_node.ts');
    await progress.step('containers, network, mounts', () => removeNode(paths));
  }
  removeFromKubeconfig(userKubeconfigPath(), { name: paths.name, ca });
  removeCluster(paths);
}

/** The folders of a cluster nothing of which runs. */
export function removeCluster(paths: ClusterPaths): void {
  rmSync(paths.run, { recursive: true, force: true });
  removeAllBut(paths.snapshots, paths.root);
  removeIfEmpty(paths.root);
}

/** A member that is gone for good must not count for the majority of those that stay. */
async function leaveEtcd(paths: ClusterPaths, config: ClusterConfig | undefined): Promise<void> {
  const own = config?.etcd?.managed;
  if (!own) return;
  const membership = etcdMembership(config!.etcd!.endpoints, etcdTls(paths, config!.etcd!));
  try {
    const members = await membership.list();
    const member = members.find((each) => each.name === own.name);
    if (member && members.length > 1) await membership.remove(member);
  } catch {
    // Without a majority nothing can be said to the others; `kubets etcd remove` does it when they are back.
  } finally {
    membership.close();
  }
}

/** Snapshots are a person's, not the cluster's. */
function removeAllBut(kept: string, folder: string): void {
  if (!existsSync(folder)) return;
  removeIfEmpty(kept);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (path !== kept) rmSync(path, { recursive: true, force: true });
  }
  if (existsSync(kept)) process.stdout.write(`its snapshots stay in ${kept}\n`);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
