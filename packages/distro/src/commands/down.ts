import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { removeFromKubeconfig, userKubeconfigPath } from '../certificates/kubeconfig.ts';
import { readClusterConfig } from '../cluster/config.ts';
import { type ClusterPaths, isRoot, stateRoot } from '../cluster/paths.ts';
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
    await takeDown(paths);
    process.stdout.write(`cluster ${paths.name} is gone\n`);
    return 0;
  },
};

async function takeDown(paths: ClusterPaths): Promise<void> {
  const config = readClusterConfig(paths);
  const real = config === undefined || config.fakeNodes === 0;
  if (real && !isRoot()) throw new UserError('a cluster of real nodes was started by root: end it with sudo');
  const progress = lineProgress();
  process.stderr.write(`Ending cluster ${paths.name}\n`);
  await progress.step('processes', async () => {
    // The agent first: it would start anew what is taken away below it.
    // Neither has anything to save: what they keep is about to go.
    await stopProcess(paths, 'agent', 200);
    await stopProcess(paths, 'server', 200);
  });
  if (real) {
    const { removeNode } = await import('../node/remove_node.ts');
    await progress.step('containers, network, mounts', () => removeNode(paths, config));
  }
  removeFromKubeconfig(userKubeconfigPath(), paths.name);
  for (const folder of [paths.run, paths.root]) {
    rmSync(folder, { recursive: true, force: true });
    removeIfEmpty(dirname(folder));
  }
  removeIfEmpty(stateRoot());
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
