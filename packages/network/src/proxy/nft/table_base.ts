// The fixed part of a table: sets, maps, hooks. What services and pods add are elements of these.
import { familyOf, type IpFamily, parseCidr } from '../../address.ts';
import type { NodeRules } from '../rule_set.ts';

export const nftFamily = { IPv4: 'ip', IPv6: 'ip6' } as const;

/** The bit that kube-proxy uses too, so that other software stays off it. */
export const masqueradeMark = '0x4000';

/**
 * The way of a packet (new connections only, the kernel remembers the rest):
 *
 *     prerouting, before nat   limited-frontends: clients outside of loadBalancerSourceRanges are dropped
 *     prerouting, output       inside: pods and the node reach `Local` frontends through all endpoints
 *                              services: frontends, host ports, node ports: verdict map -> pick chain -> dnat
 *     prerouting, output       refuse: frontends without endpoints, unknown ports and cluster IPs
 *     postrouting              masquerade what was marked, hairpins, the node's own, pods leaving the cluster
 */
export function tableBase(table: string, family: IpFamily, node: NodeRules): string {
  const ip = nftFamily[family];
  const addressType = family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr';
  const ofFamily = (texts: readonly string[]) => texts.filter((text) => familyOf(text) === family);
  const podCidrs = ofFamily(node.podCidrs);
  const serviceCidrs = ofFamily(node.serviceCidrs).filter((text) => parseCidr(text));
  const frontend = `${ip} daddr . meta l4proto . th dport`;
  const nodePort = 'meta l4proto . th dport';
  const addresses = node.nodePortAddresses && ofFamily(node.nodePortAddresses);
  const toNode = addresses ? `${ip} daddr @node-port-addresses` : 'fib daddr type local';
  const loopback = family === 'IPv4' ? '127.0.0.0/8' : '::1';
  const lines = [
    `add table ${ip} ${table}`,
    `delete table ${ip} ${table}`,
    `table ${ip} ${table} {`,
    set('pod-cidrs', `type ${addressType}; flags interval`, podCidrs),
    set('cluster-ips', `type ${addressType}`),
    set('node-port-addresses', `type ${addressType}`, addresses ?? []),
    set('hairpin', `type ${addressType} . ${addressType}`),
    set('masquerade-frontends', `type ${addressType} . inet_proto . inet_service`),
    set('masquerade-node-ports', 'type inet_proto . inet_service'),
    set('refused-frontends', `type ${addressType} . inet_proto . inet_service`),
    set('refused-node-ports', 'type inet_proto . inet_service'),
    set('limited-frontends', `type ${addressType} . inet_proto . inet_service`),
    set(
      'allowed-clients',
      `type ${addressType} . inet_proto . inet_service . ${addressType}; flags interval`,
    ),
    map('frontends', `type ${addressType} . inet_proto . inet_service : verdict`),
    map('frontends-inside', `type ${addressType} . inet_proto . inet_service : verdict`),
    map('node-ports', 'type inet_proto . inet_service : verdict'),
    map('node-ports-inside', 'type inet_proto . inet_service : verdict'),
    map('host-ports', `type inet_proto . inet_service : ${addressType} . inet_service`),
    map(
      'host-address-ports',
      `type ${addressType} . inet_proto . inet_service : ${addressType} . inet_service`,
    ),
    // nft 1.0.6 can't reload a map of `typeof th dport`, hence one map for each protocol.
    ...['tcp', 'udp', 'sctp'].flatMap((protocol) => {
      const data = `${ip} daddr . ${protocol} dport`;
      return [
        map(`endpoints-${protocol}`, `typeof ${data} . numgen random mod 2 : ${data}`),
        map(`node-endpoints-${protocol}`, `typeof ${protocol} dport . numgen random mod 2 : ${data}`),
      ];
    }),
    chain('mark-for-masquerade', [`meta mark set meta mark | ${masqueradeMark}`]),
    chain('inside', [`${frontend} vmap @frontends-inside`, `${toNode} ${nodePort} vmap @node-ports-inside`]),
    chain('services', [
      // The node's own connections are masqueraded by their source address, so no mark for them.
      podCidrs.length > 0 &&
        `${ip} saddr != @pod-cidrs ${ip} daddr @cluster-ips fib saddr type != local jump mark-for-masquerade`,
      `${frontend} @masquerade-frontends jump mark-for-masquerade`,
      `${frontend} vmap @frontends`,
      `dnat ${ip} to ${frontend} map @host-address-ports`,
      `fib daddr type local dnat ${ip} to ${nodePort} map @host-ports`,
      `${toNode} ${nodePort} @masquerade-node-ports jump mark-for-masquerade`,
      `${toNode} ${nodePort} vmap @node-ports`,
    ]),
    // TCP gets a reset: an ICMP error is limited in rate, and lost on a client that is still inside connect().
    chain('refuse-now', ['meta l4proto tcp reject with tcp reset', 'reject']),
    chain('refuse', [
      `${frontend} @refused-frontends goto refuse-now`,
      `${toNode} ${nodePort} @refused-node-ports goto refuse-now`,
      `${ip} daddr @cluster-ips goto refuse-now`,
      ...serviceCidrs.map((cidr) => `${ip} daddr ${cidr} fib daddr type != local goto refuse-now`),
    ]),
    // Only for packets that are not replies: those come for a loopback address after their nat is undone.
    chain('loopback-guard', [
      'type filter hook prerouting priority raw; policy accept;',
      node.bridge !== undefined && `iifname "${node.bridge}" ${ip} daddr ${loopback} drop`,
    ]),
    chain('limit-clients', [
      'type filter hook prerouting priority dstnat - 10; policy accept;',
      `ct state new ${frontend} @limited-frontends ${frontend} . ${ip} saddr != @allowed-clients drop`,
    ]),
    chain('prerouting', [
      'type nat hook prerouting priority dstnat; policy accept;',
      podCidrs.length > 0 && `${ip} saddr @pod-cidrs jump inside`,
      'jump services',
    ]),
    chain('output', ['type nat hook output priority -100; policy accept;', 'jump inside', 'jump services']),
    // Here rather than in input and forward: a machine without a default route would not get that far.
    chain('filter-prerouting', [
      'type filter hook prerouting priority filter; policy accept;',
      'ct state new jump refuse',
    ]),
    chain('filter-forward', [
      'type filter hook forward priority filter; policy accept;',
      // A packet that conntrack can't place would go out with a pod's address in place of the service's.
      podCidrs.length > 0 && `ct state invalid ${ip} saddr @pod-cidrs drop`,
    ]),
    chain('filter-output', [
      'type filter hook output priority filter; policy accept;',
      'ct state new jump refuse',
    ]),
    chain('postrouting', [
      'type nat hook postrouting priority srcnat; policy accept;',
      `meta mark & ${masqueradeMark} != 0 meta mark set meta mark ^ ${masqueradeMark} masquerade fully-random`,
      `ct status dnat ${ip} saddr . ${ip} daddr @hairpin masquerade fully-random`,
      'ct status dnat fib saddr type local masquerade fully-random',
      node.masqueradeOnBridge &&
        node.bridge !== undefined &&
        `ct status dnat iifname "${node.bridge}" oifname "${node.bridge}" masquerade fully-random`,
      node.masqueradePods &&
        podCidrs.length > 0 &&
        `${ip} saddr @pod-cidrs ${ip} daddr != @pod-cidrs fib daddr type unicast masquerade fully-random`,
    ]),
    '}',
  ];
  return lines.join('\n') + '\n';
}

function set(name: string, type: string, elements: readonly string[] = []): string {
  const initial = elements.length > 0 ? ` elements = { ${elements.join(', ')} };` : '';
  return `  set ${name} { ${type};${initial} }`;
}

function map(name: string, type: string): string {
  return `  map ${name} { ${type}; }`;
}

function chain(name: string, rules: readonly (string | false | undefined)[]): string {
  const lines = rules.filter((rule) => rule).map((rule) => `    ${rule}\n`);
  return `  chain ${name} {\n${lines.join('')}  }`;
}
