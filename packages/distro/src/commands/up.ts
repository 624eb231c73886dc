import { parseArgs } from 'node:util';
import { bridgeName } from '@kubets/network/cni/conflist.ts';
import { ensurePki, readKeyPair } from '../certificates/cluster_pki.ts';
import { mergeIntoKubeconfig, userKubeconfigPath } from '../certificates/kubeconfig.ts';
import { type ClusterConfig, readClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import { aloneWith, aloneWithAll } from '../cluster/in_turn.ts';
import { type ClusterPaths, isRoot } from '../cluster/paths.ts';
import { clusterReady } from '../cluster/readiness.ts';
import { portTaken } from '../host/addresses.ts';
import { dnsLinkName } from '../host/dns_link.ts';
import { findCniPlugins, findTool, inotifyInstances, preflightProblems } from '../host/preflight.ts';
import { machineRoutes } from '../host/routes.ts';
import { type Command, UserError } from '../main.ts';
import { nodeFlags } from '../processes/garbage_collection.ts';
import { livePid, type Role } from '../processes/process_record.ts';
import { spawnDetached } from '../processes/process_spawn.ts';
import { lineProgress } from '../terminal/progress.ts';
import { pathsOfName } from './cluster_flags.ts';
import { configFromFlags, newClusterFlags, newClusterUsage } from './new_cluster.ts';

export const up: Command = {
  name: 'up',
  summary: 'start a cluster, or say that it is up',
  usage: `
kubets up [--name NAME] [FLAGS]

  --name NAME        the cluster's name, and its context's in the kubeconfig (kubets)
${newClusterUsage.trimStart()}`,
  async run(args) {
    const { values: flags } = parseArgs({ args, options: { name: { type: 'string' }, ...newClusterFlags } });
    const paths = pathsOfName(flags.name);
    await aloneWith(paths, async () => {
      const config = await reserve(paths, () => configFromFlags(paths, flags));
      await startCluster(paths, config);
    });
    return 0;
  },
};

/** Chooses and writes down what a cluster is made of, so that no other takes the same. @throws UserError */
export async function reserve(
  paths: ClusterPaths,
  choose: () => Promise<ClusterConfig>,
): Promise<ClusterConfig> {
  return aloneWithAll(paths, async () => {
    const config = await choose();
    if (readClusterConfig(paths)) return config;
    await refuseIfUnfit(paths, config, rolesOf(config));
    writeClusterConfig(paths, config);
    return config;
  });
}

function rolesOf({ fakeNodes }: ClusterConfig): Role[] {
  return fakeNodes > 0 ? ['server'] : ['server', 'agent'];
}

/** Starts what does not run of a cluster, and says how to use it. @throws UserError */
export async function startCluster(paths: ClusterPaths, given: ClusterConfig): Promise<void> {
  // A machine that had a server alone becomes a node as well.
  const config = { ...given, serverOnly: undefined };
  const missing = rolesOf(config).filter((role) => livePid(paths, role) === undefined);
  if (missing.length === 0) return announce(paths, config, 'is up already');
  await refuseIfUnfit(paths, config, missing);
  writeClusterConfig(paths, config);
  await bringUp(paths, config, missing);
}

async function refuseIfUnfit(
  paths: ClusterPaths,
  config: ClusterConfig,
  missing: readonly Role[],
): Promise<void> {
  const own = [bridgeName(paths.machineName), dnsLinkName(paths.machineName)];
  const taken = async (port: number) =>
    // A port that this cluster's own living process holds is in order.
    (port === config.apiPort ? missing.includes('server') : missing.includes('agent')) && portTaken(port);
  const problems =
    config.fakeNodes > 0
      ? (await taken(config.apiPort))
        ? [
            `port ${config.apiPort}, for the API server, is taken by another program: stop it or choose one with --port`,
          ]
        : []
      : await preflightProblems({
          platform: process.platform,
          root: isRoot(),
          apiPort: config.apiPort,
          kubeletPort: config.kubeletPort,
          portTaken: taken,
          findTool,
          cniPlugins: findCniPlugins(),
          inotifyInstances: inotifyInstances(),
          serviceCidr: config.serviceCidr,
          routes: machineRoutes().filter(({ link }) => !own.includes(link)),
        });
  if (problems.length > 0) throw new UserError(problems.join('\n           '));
}

async function bringUp(paths: ClusterPaths, config: ClusterConfig, missing: readonly Role[]): Promise<void> {
  const start = performance.now();
  const progress = lineProgress();
  process.stderr.write(`Starting cluster ${config.name}\n`);
  await progress.step('certificates', () => ensurePki(paths, config, Date.now()));
  // Both at once: the agent waits for the server by itself.
  for (const role of missing) spawnRole(paths, role);
  await progress.step('API server, controllers, scheduler', () =>
    clusterReady(paths, config, 'server', 30_000),
  );
  const nodes = config.fakeNodes > 0 ? `${config.fakeNodes} simulated nodes` : `node ${config.nodeName}`;
  await progress.step(`${nodes} Ready`, () => clusterReady(paths, config, 'nodes', 60_000));
  addContext(paths, config);
  announce(paths, config, `is up after ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Makes the cluster the current context of the user's kubeconfig. */
export function addContext(paths: ClusterPaths, config: ClusterConfig): void {
  const ca = readKeyPair(paths, 'ca').certificate;
  mergeIntoKubeconfig(userKubeconfigPath(), {
    name: config.name,
    server: `https://127.0.0.1:${config.apiPort}`,
    ca,
    ...readKeyPair(paths, 'admin'),
  });
}

/** Starts the role's process in the background. */
export function spawnRole(paths: ClusterPaths, role: Role, flags: readonly string[] = []): void {
  spawnDetached({
    paths,
    role,
    command: process.execPath,
    args: [...nodeFlags(), process.argv[1]!, role, '--name', paths.name, ...flags],
  });
}

export function announce(paths: ClusterPaths, config: ClusterConfig, what: string): void {
  const name = config.name === 'kubets' ? '' : ` --name ${config.name}`;
  process.stdout.write(`
Cluster ${config.name} ${what}.

  context     ${config.name}, current in ${userKubeconfigPath()}
  API server  https://127.0.0.1:${config.apiPort}
  logs        ${paths.logs}

Try it:
  kubectl get nodes
  kubectl apply -f examples/guide/
  kubectl get pods -A
  npx kubets status${name}
  npx kubets down${name}
`);
}
