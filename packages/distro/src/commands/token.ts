import { parseArgs } from 'node:util';
import { readKeyPair } from '../certificates/cluster_pki.ts';
import { ensureServerSecret, formatServerToken } from '../join/server_token.ts';
import { type Command, UserError } from '../main.ts';
import { pathsOfName } from './cluster_flags.ts';
import { requireCluster } from './require_cluster.ts';

export const token: Command = {
  name: 'token',
  summary: 'print the token by which a server joins',
  usage: `
kubets token [--name NAME]

On another machine: kubets server --join https://THIS-MACHINE:6443 --token TOKEN
`,
  async run(args) {
    const { values: flags } = parseArgs({ args, options: { name: { type: 'string' } } });
    const paths = pathsOfName(flags.name);
    const config = requireCluster(paths);
    if (!config.etcd?.managed) {
      throw new UserError(
        `cluster ${config.name} has one server: a cluster of several begins with \`kubets up --cluster-init\``,
      );
    }
    const ca = readKeyPair(paths, 'ca').certificate;
    process.stdout.write(`${formatServerToken(ca, ensureServerSecret(paths))}\n`);
    return 0;
  },
};
