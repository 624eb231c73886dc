// /etc/hosts of a pod.
import type { HostAlias, Pod } from '@kubets/api';
import { podHostname } from './hostname.ts';

export interface HostsFileOptions {
  pod: Pod;
  podIPs: readonly string[];
  clusterDomain: string;
  /** The node's own file, for pods in its network. */
  nodeHosts: string;
}

export function hostsFileContent({ pod, podIPs, clusterDomain, nodeHosts }: HostsFileOptions): string {
  const aliases = aliasLines(pod.spec.hostAliases);
  if (pod.spec.hostNetwork) return `# Kubernetes-managed hosts file (host network).\n${nodeHosts}${aliases}`;
  const { hostname, domain } = podHostname(pod, clusterDomain);
  const names = domain ? `${hostname}.${domain}\t${hostname}` : hostname;
  return [
    '# Kubernetes-managed hosts file.\n',
    '127.0.0.1\tlocalhost\n',
    '::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\n',
    'fe00::0\tip6-mcastprefix\n',
    'fe00::1\tip6-allnodes\n',
    'fe00::2\tip6-allrouters\n',
    ...podIPs.map((ip) => `${ip}\t${names}\n`),
    aliases,
  ].join('');
}

function aliasLines(aliases: readonly HostAlias[] | undefined): string {
  if (!aliases?.length) return '';
  const lines = aliases.map(({ ip, hostnames }) => `${ip}\t${(hostnames ?? []).join('\t')}\n`);
  return `\n# Entries added by HostAliases.\n${lines.join('')}`;
}
