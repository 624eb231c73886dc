// The CNI configuration of a cluster's pods: the standard bridge and host-local plugins, nothing of iptables.
import { familyOf, formatAddress, parseCidr } from '../address.ts';

export interface PodNetwork {
  clusterName: string;
  /** Of this node, one for each address family. */
  podCidrs: readonly string[];
  /** Where host-local keeps what it gave out: below the cluster's state folder. */
  dataDir: string;
  mtu: number;
}

/** `10-kubets-<cluster>.conflist`; the runtime takes the file that sorts first. */
export function conflistName(clusterName: string): string {
  return `10-kubets-${clusterName}.conflist`;
}

/**
 * Debian's plugins are 1.1.1, which speak up to CNI 1.0.0. ipMasq and portmap would call iptables, which not
 * every machine has: the proxy's nft table does both. promiscMode stays off, as hairpinMode lets a pod reach
 * itself through its Service.
 */
export function conflist({ clusterName, podCidrs, dataDir, mtu }: PodNetwork): object {
  return {
    cniVersion: '1.0.0',
    name: `kubets-${clusterName}`,
    plugins: [
      {
        type: 'bridge',
        bridge: bridgeName(clusterName),
        isGateway: true,
        isDefaultGateway: true,
        ipMasq: false,
        hairpinMode: true,
        promiscMode: false,
        mtu,
        ipam: {
          type: 'host-local',
          dataDir,
          ranges: podCidrs.map((subnet) => [{ subnet, gateway: gatewayOf(subnet) }]),
        },
      },
    ],
  };
}

export function bridgeName(clusterName: string): string {
  return linkName('k', clusterName);
}

/** An interface name, of which Linux takes 15 characters: long names of clusters end in a checksum. */
export function linkName(prefix: string, clusterName: string): string {
  const name = `${prefix}-${clusterName.replace(/[^a-z0-9-]/g, '-')}`;
  if (name.length <= 15) return name;
  return `${name.slice(0, 8)}-${checksum(clusterName)}`;
}

/** The first address of the range, which host-local never gives to a pod. */
export function gatewayOf(podCidr: string): string {
  const cidr = parseCidr(podCidr);
  if (!cidr) throw new Error(`not a CIDR: ${podCidr}`);
  return formatAddress(familyOf(podCidr), cidr.base + 1n);
}

/** FNV-1a in six characters of base 36. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36).padStart(6, '0').slice(-6);
}
