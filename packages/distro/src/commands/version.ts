import type { Command } from '../main.ts';
import { kubernetesVersion, productVersion } from '../version.ts';

export const version: Command = {
  name: 'version',
  summary: 'print the versions of kubets and of the API',
  usage: 'kubets version',
  async run() {
    process.stdout.write(`kubets ${productVersion}\nKubernetes API ${kubernetesVersion}\n`);
    return 0;
  },
};
