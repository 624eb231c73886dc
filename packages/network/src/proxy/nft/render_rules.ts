// From planned rules to entries of a table: elements of sets and maps, chains, and sets of their own.
import type { IpFamily } from '../../address.ts';
import type { Frontend, HostPort, PortRules, ServiceRules, Target } from '../rule_set.ts';
import { nftFamily } from './table_base.ts';

/**
 * One thing that a service or pod puts into the table. Two owners may claim the same entry; it is there as
 * long as one does.
 */
export interface Entry {
  family: IpFamily;
  /** The set or map; or `chain`, `set` for objects that the owner brings along. */
  in: string;
  /** The element's key, or the object's name. */
  key: string;
  /** The map's value, the chain's rules (one a line), the set's type; empty for elements of sets. */
  value: string;
}

type Pool = 'everywhere' | 'here';

/** Both pools of a frontend share a map: the second begins at this index. */
const hereOffset = 32_768;

/** More than this of one port is left out. 100,000 pods is the most that Kubernetes claims for a cluster. */
const endpointsMax = hereOffset;

export function renderService(rules: ServiceRules): Entry[] {
  return rules.ports.flatMap((port) => renderPort(rules.key, port));
}

export function renderHostPorts(hostPorts: readonly HostPort[]): Entry[] {
  return hostPorts.flatMap(({ family, protocol, hostAddress, port, target }) => [
    {
      family,
      in: hostAddress ? 'host-address-ports' : 'host-ports',
      key: `${hostAddress ? `${hostAddress} . ` : ''}${protocol.toLowerCase()} . ${port}`,
      value: `${target.address} . ${target.port}`,
    },
    hairpin(family, target.address),
  ]);
}

function renderPort(serviceKey: string, port: PortRules): Entry[] {
  const { family } = port;
  const entries: Entry[] = port.localAddresses.map((address) => hairpin(family, address));
  const pools = new Set<Pool>();
  for (const frontend of port.frontends) {
    const onNode = frontend.address === undefined;
    const key = `${onNode ? '' : `${frontend.address} . `}${port.protocol.toLowerCase()} . ${frontend.port}`;
    const add = (where: string, value = '') => entries.push({ family, in: where, key, value });
    if (frontend.reach === 'internal')
      entries.push({ family, in: 'cluster-ips', key: frontend.address!, value: '' });
    if (frontend.sourceRanges) {
      add('limited-frontends');
      for (const range of frontend.sourceRanges)
        entries.push({ family, in: 'allowed-clients', key: `${key} . ${range}`, value: '' });
    }
    if (!port.hasEndpoints) {
      add(onNode ? 'refused-node-ports' : 'refused-frontends');
      continue;
    }
    const mapName = onNode ? 'node-ports' : 'frontends';
    const pool: Pool = frontend.policy === 'Local' ? 'here' : 'everywhere';
    add(mapName, verdict(serviceKey, port, frontend, pool));
    pools.add(pool);
    const used: Pool[] = [pool];
    if (frontend.reach === 'external') {
      if (pool === 'everywhere') add(onNode ? 'masquerade-node-ports' : 'masquerade-frontends');
      else {
        // From inside the cluster `Local` would only lose traffic: it need not keep the client's address there.
        add(`${mapName}-inside`, verdict(serviceKey, port, frontend, 'everywhere'));
        pools.add('everywhere');
        used.push('everywhere');
      }
    }
    if (port.affinitySeconds === 0) for (const each of used) entries.push(...pick(port, frontend, each));
  }
  if (port.affinitySeconds > 0) entries.push(...affinity(serviceKey, port, pools));
  return entries;
}

function verdict(serviceKey: string, port: PortRules, frontend: Frontend, pool: Pool): string {
  if (port[pool].length === 0) return 'drop';
  if (port.affinitySeconds > 0) return `goto ${affinityChain(serviceKey, port, pool)}`;
  return `goto ${pickChain(port, frontend, pool)}`;
}

function pickChain(port: PortRules, frontend: Frontend, pool: Pool): string {
  const where = frontend.address === undefined ? 'node-pick' : 'pick';
  const count = Math.min(port[pool].length, endpointsMax);
  return `${where}-${port.protocol.toLowerCase()}-${count}${pool === 'here' ? '-here' : ''}`;
}

/** A chain for each number of endpoints, which all frontends with that number share, and the endpoints by index. */
function pick(port: PortRules, frontend: Frontend, pool: Pool): Entry[] {
  const { family } = port;
  const targets = port[pool].slice(0, endpointsMax);
  if (targets.length === 0) return [];
  const protocol = port.protocol.toLowerCase();
  const ip = nftFamily[family];
  const offset = pool === 'here' ? hereOffset : 0;
  const onNode = frontend.address === undefined;
  const mapName = `${onNode ? 'node-' : ''}endpoints-${protocol}`;
  const numgen = `numgen random mod ${targets.length}${offset ? ` offset ${offset}` : ''}`;
  const key = `${onNode ? '' : `${ip} daddr . `}${protocol} dport . ${numgen}`;
  const rule = `dnat ${ip} to ${key} map @${mapName}`;
  const frontendKey = `${onNode ? '' : `${frontend.address} . `}${frontend.port}`;
  return [
    { family, in: 'chain', key: pickChain(port, frontend, pool), value: rule },
    ...targets.map((target, i) => ({
      family,
      in: mapName,
      key: `${frontendKey} . ${offset + i}`,
      value: `${target.address} . ${target.port}`,
    })),
  ];
}

/**
 * With session affinity each endpoint has a set of its clients, which forgets them after the timeout. The
 * service's chain looks the client up in all of them before it picks at random.
 */
function affinity(serviceKey: string, port: PortRules, pools: ReadonlySet<Pool>): Entry[] {
  const { family } = port;
  const ip = nftFamily[family];
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const pool of pools) {
    const targets = port[pool].slice(0, endpointsMax);
    if (targets.length === 0) continue;
    const chains = targets.map((target) => `endpoint/${endpointName(serviceKey, port, target)}`);
    const sets = targets.map(
      (target) => `clients-${port.affinitySeconds}/${endpointName(serviceKey, port, target)}`,
    );
    targets.forEach((target, i) => {
      if (seen.has(chains[i]!)) return;
      seen.add(chains[i]!);
      const address = family === 'IPv6' ? `[${target.address}]` : target.address;
      entries.push(
        {
          family,
          in: 'set',
          key: sets[i]!,
          value: `typeof ${ip} saddr; size 65536; flags dynamic, timeout; timeout ${port.affinitySeconds}s`,
        },
        {
          family,
          in: 'chain',
          key: chains[i]!,
          value: `update @${sets[i]} { ${ip} saddr }\nmeta l4proto ${port.protocol.toLowerCase()} dnat to ${address}:${target.port}`,
        },
      );
    });
    const known = targets.map((_, i) => `${ip} saddr @${sets[i]} goto ${chains[i]}`);
    const verdicts = targets.map((_, i) => `${i} : goto ${chains[i]}`).join(', ');
    entries.push({
      family,
      in: 'chain',
      key: affinityChain(serviceKey, port, pool),
      value: [...known, `numgen random mod ${targets.length} vmap { ${verdicts} }`].join('\n'),
    });
  }
  return entries;
}

function affinityChain(serviceKey: string, port: PortRules, pool: Pool): string {
  return `affinity/${serviceKey}/${port.protocol.toLowerCase()}/${port.name}/${pool}`;
}

function endpointName(serviceKey: string, port: PortRules, target: Target): string {
  // A colon may not be in a name.
  const address = target.address.replaceAll(':', '_');
  return `${serviceKey}/${port.protocol.toLowerCase()}/${port.name}/${address}/${target.port}`;
}

function hairpin(family: IpFamily, address: string): Entry {
  return { family, in: 'hairpin', key: `${address} . ${address}`, value: '' };
}
