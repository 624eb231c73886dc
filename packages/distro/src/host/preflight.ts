// What must be true before a cluster of real nodes can start: each failure one sentence, with the fix.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Route } from './routes.ts';

export interface HostTools {
  containerd: string;
  ctr: string;
  runc: string;
  nft: string;
  ip: string;
  /** Folder of the CNI plugins. */
  cniPlugins: string;
}

export interface PreflightOptions {
  platform: NodeJS.Platform;
  root: boolean;
  apiPort: number;
  kubeletPort: number;
  portTaken(port: number): Promise<boolean>;
  findTool(name: string): string | undefined;
  cniPlugins: string | undefined;
  /** fs.inotify.max_user_instances, where the machine says. */
  inotifyInstances: number | undefined;
  serviceCidr: string;
  /** Of the machine, without those of the cluster's own links. */
  routes: readonly Route[];
}

const packages: Record<string, string> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  nft: 'nftables',
  ip: 'iproute2',
};

/** Everything that stands in the way of a real node. Empty: go on. */
export async function preflightProblems(options: PreflightOptions): Promise<string[]> {
  if (options.platform !== 'linux') {
    return ['real containers need Linux: use `npx kubets up --name dev --fake-nodes 3` on this machine'];
  }
  if (!options.root) {
    return ['a real node needs root: run it with sudo, or use `npx kubets up --name dev --fake-nodes 3`'];
  }
  const problems: string[] = [];
  for (const [tool, pack] of Object.entries(packages)) {
    if (!options.findTool(tool)) problems.push(`${tool} is not installed: run \`apt-get install ${pack}\``);
  }
  if (!options.cniPlugins) {
    problems.push('the CNI plugins are not installed: run `apt-get install containernetworking-plugins`');
  }
  for (const [port, what, flag] of [
    [options.apiPort, 'API server', '--port'],
    [options.kubeletPort, 'kubelet', '--kubelet-port'],
  ] as const) {
    if (await options.portTaken(port)) {
      problems.push(
        `port ${port}, for the ${what}, is taken by another program: stop it or choose one with ${flag}`,
      );
    }
  }
  const other = options.routes.find(({ cidr }) => cidr === options.serviceCidr);
  if (other) {
    problems.push(
      `link ${other.link} has the service addresses ${other.cidr} already: end the cluster that it is of, or make this one anew`,
    );
  }
  if (options.inotifyInstances !== undefined && options.inotifyInstances < 64) {
    problems.push(
      `fs.inotify.max_user_instances is ${options.inotifyInstances}, too low for containers: run \`sysctl -w fs.inotify.max_user_instances=512\``,
    );
  }
  return problems;
}

/** The path of a program, looked for where administration tools stand too. */
export function findTool(name: string): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
  ];
  for (const folder of folders) {
    if (folder === '') continue;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

export function findCniPlugins(): string | undefined {
  return ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'].find((folder) =>
    existsSync(join(folder, 'bridge')),
  );
}

export function inotifyInstances(): number | undefined {
  const path = '/proc/sys/fs/inotify/max_user_instances';
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
}
