import { parseArgs } from 'node:util';
import { StoreUnavailableError } from '@kubets/storage';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { etcdMembership } from '../etcd/etcd_cluster.ts';
import { etcdTls } from '../etcd/etcd_config.ts';
import { type Command, UserError } from '../main.ts';
import { formatTable } from '../terminal/table.ts';
import { pathsOfName } from './cluster_flags.ts';
import { requireCluster } from './require_cluster.ts';

export const etcd: Command = {
  name: 'etcd',
  summary: 'members of the etcd that the servers of a cluster share',
  usage: `
kubets etcd ls [--name NAME]               members: name, addresses, whether they vote
kubets etcd remove MEMBER [--name NAME]    for good: of a machine that does not come back, by name or peer URL

A machine that takes the place of a lost one joins with \`kubets server --join URL --token TOKEN\`.
`,
  async run(args) {
    const { values: flags, positionals } = parseArgs({
      args,
      options: { name: { type: 'string' } },
      allowPositionals: true,
    });
    const [verb, name, ...rest] = positionals;
    const paths = pathsOfName(flags.name);
    const config = requireCluster(paths);
    try {
      if (verb === 'ls' && !name) await list(paths, config);
      else if (verb === 'remove' && name && rest.length === 0) await remove(paths, config, name);
      else throw new UserError('usage: kubets etcd ls | kubets etcd remove MEMBER');
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      throw new UserError(`no member of etcd answers, or they have no majority: ${error.message}`);
    }
    return 0;
  },
};

function membershipOf(paths: ClusterPaths, { name, etcd }: ClusterConfig) {
  if (!etcd) throw new UserError(`cluster ${name} keeps its objects in the embedded store`);
  return etcdMembership(etcd.endpoints, etcdTls(paths, etcd));
}

async function list(paths: ClusterPaths, config: ClusterConfig): Promise<void> {
  const membership = membershipOf(paths, config);
  try {
    const rows = (await membership.list()).map((member) => [
      member.name || '(not started)',
      member.learner ? 'learner' : 'voter',
      member.peerUrls.join(','),
      member.clientUrls.join(','),
    ]);
    process.stdout.write(formatTable([['MEMBER', 'ROLE', 'PEER', 'CLIENT'], ...rows]));
  } finally {
    membership.close();
  }
}

async function remove(paths: ClusterPaths, config: ClusterConfig, name: string): Promise<void> {
  const membership = membershipOf(paths, config);
  try {
    // One that has never started has no name, only the address that it asked to join with.
    const member = (await membership.list()).find(
      (each) => each.name === name || each.peerUrls.includes(name),
    );
    if (!member) throw new UserError(`no member ${name}: \`kubets etcd ls\` lists them`);
    await membership.remove(member);
    process.stdout.write(`member ${name} is removed\n`);
  } finally {
    membership.close();
  }
}
