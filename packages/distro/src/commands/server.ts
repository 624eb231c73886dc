import { parseArgs } from 'node:util';
import type { Command } from '../main.ts';
import { runServer } from '../processes/run_server.ts';
import { pathsOfName } from './cluster_flags.ts';
import { requireCluster } from './require_cluster.ts';
import { runUntilSignal } from './run_until_signal.ts';

export const server: Command = {
  name: 'server',
  summary: 'run API server, controllers and scheduler in the foreground',
  usage: `
kubets server [--name NAME]

The cluster must exist: \`kubets up\` makes it and starts this command in the background.
`,
  async run(args) {
    const { values: flags } = parseArgs({ args, options: { name: { type: 'string' } } });
    const paths = pathsOfName(flags.name);
    const config = requireCluster(paths);
    await runUntilSignal('server', (signal, log) => runServer({ paths, config, signal, log }));
    return 0;
  },
};
