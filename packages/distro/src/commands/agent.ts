import { parseArgs } from 'node:util';
import { type Command, UserError } from '../main.ts';
import { runAgent } from '../processes/run_agent.ts';
import { pathsOfName } from './cluster_flags.ts';
import { requireCluster } from './require_cluster.ts';
import { runUntilSignal } from './run_until_signal.ts';

export const agent: Command = {
  name: 'agent',
  summary: 'run kubelet, service network and DNS in the foreground',
  usage: `
kubets agent [--name NAME]

Starts the cluster's containerd where it does not run, and leaves it running at its end.
`,
  async run(args) {
    const { values: flags } = parseArgs({ args, options: { name: { type: 'string' } } });
    const paths = pathsOfName(flags.name);
    const config = requireCluster(paths);
    if (config.fakeNodes > 0)
      throw new UserError(`cluster ${config.name} has simulated nodes, which run in its server`);
    return runUntilSignal('agent', (signal, log) => runAgent({ paths, config, signal, log }));
  },
};
