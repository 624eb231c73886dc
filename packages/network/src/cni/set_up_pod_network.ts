// Makes the machine ready for pods: the bridge, the kernel's switches, the CNI configuration. And undoes it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '@kubets/base';
import { familyOf } from '../address.ts';
import { bridgeName, conflist, conflistName, gatewayOf } from './conflist.ts';

const exec = promisify(execFile);

export interface PodNetworkOptions {
  clusterName: string;
  /** Of this node. */
  podCidrs: readonly string[];
  serviceCidrs: readonly string[];
  /** Where the runtime looks for CNI configurations. */
  configDir: string;
  /** Below the cluster's state folder; goes with `removePodNetwork`. */
  stateDir: string;
  log: Logger;
}

export interface PodNetworkState {
  bridge: string;
  /** False: pass `masqueradeOnBridge` to the service proxy. */
  bridgeNetfilter: boolean;
}

/** Idempotent. Needs root and the `ip` command; acts in the network namespace of this process. */
export async function setUpPodNetwork(options: PodNetworkOptions): Promise<PodNetworkState> {
  const { clusterName, podCidrs, serviceCidrs, configDir, stateDir, log } = options;
  await mkdir(stateDir, { recursive: true });
  const hasIPv6 = podCidrs.some((cidr) => familyOf(cidr) === 'IPv6');
  const noted = await setSwitches(stateDir, [
    ['net/ipv4/ip_forward', '1'],
    ...(hasIPv6 ? ([['net/ipv6/conf/all/forwarding', '1']] as const) : []),
  ]);
  for (const [name, before] of noted) log.info('kernel switch changed', { name, before });
  const bridgeNetfilter = await switchOnBridgeNetfilter(hasIPv6);
  if (!bridgeNetfilter) log.warn('no br_netfilter, pods see the node as client of services on the same node');
  const bridge = bridgeName(clusterName);
  const mtu = await uplinkMtu();
  await ensureBridge({ bridge, mtu, podCidrs, serviceCidrs });
  const network = { clusterName, podCidrs, mtu, dataDir: join(stateDir, 'ipam') };
  await writeWhole(
    join(configDir, conflistName(clusterName)),
    JSON.stringify(conflist(network), null, 2) + '\n',
  );
  return { bridge, bridgeNetfilter };
}

/** Takes away what `setUpPodNetwork` made; pods of the cluster must be gone. Safe to call twice. */
export async function removePodNetwork(
  options: Pick<PodNetworkOptions, 'clusterName' | 'configDir' | 'stateDir'>,
): Promise<void> {
  const { clusterName, configDir, stateDir } = options;
  await rm(join(configDir, conflistName(clusterName)), { force: true });
  const bridge = bridgeName(clusterName);
  if (existsSync(`/sys/class/net/${bridge}`)) await exec('ip', ['link', 'del', bridge]);
  if (!(await otherBridges())) await restoreSwitches(stateDir);
  await rm(stateDir, { recursive: true, force: true });
}

async function ensureBridge(options: {
  bridge: string;
  mtu: number;
  podCidrs: readonly string[];
  serviceCidrs: readonly string[];
}): Promise<void> {
  const { bridge, mtu, podCidrs, serviceCidrs } = options;
  if (!existsSync(`/sys/class/net/${bridge}`)) {
    // Of its own hardware address: otherwise it has the lowest of its ports', which changes as pods come and go.
    await exec('ip', ['link', 'add', bridge, 'address', hardwareAddress(podCidrs[0]!), 'type', 'bridge']);
  }
  for (const cidr of podCidrs) {
    const address = `${gatewayOf(cidr)}/${cidr.split('/')[1]}`;
    const noDetection = familyOf(cidr) === 'IPv6' ? ['nodad'] : [];
    await exec('ip', ['addr', 'replace', address, 'dev', bridge, ...noDetection]);
  }
  await exec('ip', ['link', 'set', bridge, 'mtu', String(mtu), 'up']);
  // Node ports and host ports on 127.0.0.1; the proxy's table keeps pods off the node's loopback.
  await writeSwitch(`net/ipv4/conf/${bridge}/route_localnet`, '1');
  // Without a default route (a laptop off the net) the node would have no way to cluster IPs at all. The
  // address translation happens on the output hook, so no packet ever takes this way.
  for (const cidr of serviceCidrs.filter((each) =>
    podCidrs.some((pods) => familyOf(pods) === familyOf(each)),
  ))
    await exec('ip', ['route', 'replace', cidr, 'dev', bridge]);
}

/** Locally administered, from the range of the node's pods. */
function hardwareAddress(podCidr: string): string {
  const bytes = gatewayOf(podCidr).split(/[.:]/).slice(-4);
  const hex =
    familyOf(podCidr) === 'IPv4' ? bytes.map((byte) => Number(byte).toString(16)) : ['0', '0', '0', '1'];
  return ['0a', '58', ...hex.map((byte) => byte.padStart(2, '0'))].join(':');
}

/** Of the interface with the default route, so that packets of pods fit on the way out; 1500 without one. */
async function uplinkMtu(): Promise<number> {
  const { stdout } = await exec('ip', ['route', 'show', 'default']);
  const device = / dev (\S+)/.exec(stdout)?.[1];
  return device ? Number(await readFile(`/sys/class/net/${device}/mtu`, 'utf8')) : 1500;
}

async function switchOnBridgeNetfilter(hasIPv6: boolean): Promise<boolean> {
  if (!existsSync('/proc/sys/net/bridge')) await exec('modprobe', ['br_netfilter']).catch(() => {});
  if (!existsSync('/proc/sys/net/bridge')) return false;
  await writeSwitch('net/bridge/bridge-nf-call-iptables', '1');
  if (hasIPv6) await writeSwitch('net/bridge/bridge-nf-call-ip6tables', '1');
  return true;
}

const notesFile = 'kernel-switches.json';

/** Sets switches and notes their former values below `stateDir`. Returns those that changed. */
async function setSwitches(
  stateDir: string,
  wanted: readonly (readonly [name: string, value: string])[],
): Promise<[string, string][]> {
  const changed: [string, string][] = [];
  for (const [name, value] of wanted) {
    const before = (await readFile(`/proc/sys/${name}`, 'utf8')).trim();
    if (before === value) continue;
    changed.push([name, before]);
    await writeSwitch(name, value);
  }
  if (changed.length > 0)
    await writeWhole(join(stateDir, notesFile), JSON.stringify(Object.fromEntries(changed)));
  return changed;
}

async function restoreSwitches(stateDir: string): Promise<void> {
  const file = join(stateDir, notesFile);
  if (!existsSync(file)) return;
  const noted = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  for (const [name, value] of Object.entries(noted)) await writeSwitch(name, value);
}

/** Another cluster, or Docker, that needs forwarding as much as we did. */
async function otherBridges(): Promise<boolean> {
  const links = await readdir('/sys/class/net');
  return links.some((link) => existsSync(`/sys/class/net/${link}/bridge`));
}

async function writeSwitch(name: string, value: string): Promise<void> {
  await writeFile(`/proc/sys/${name}`, value);
}

/** The runtime watches the folder: it must never see half a file. */
async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  await writeFile(partial, text);
  await rename(partial, path);
}
