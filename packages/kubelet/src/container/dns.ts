// The resolver configuration of a pod, from its dnsPolicy and dnsConfig.
import type { Pod } from '@kubets/api';
import type * as cri from '@kubets/api/generated/cri.ts';

export interface PodDnsOptions {
  pod: Pod;
  /** The node's resolv.conf. */
  hostResolvConf: string;
  clusterDns: readonly string[];
  clusterDomain: string;
  /** Told in an event of the pod when something had to be left out. */
  warn(reason: string, message: string): void;
}

/** The limits of validation: resolv.conf of libcs reads no more nameservers. */
const maxNameservers = 3;
const maxSearches = 32;
const maxSearchChars = 2048;
const maxDomainChars = 253;

export function podDns(options: PodDnsOptions): cri.DNSConfig {
  const { pod, clusterDns } = options;
  const host = parseResolvConf(options.hostResolvConf);
  let config: Required<cri.DNSConfig>;
  switch (dnsKind(pod)) {
    case 'none':
      config = { servers: [], searches: [], options: [] };
      break;
    case 'cluster':
      if (clusterDns.length > 0) {
        config = {
          servers: [...clusterDns],
          searches: clusterSearches(options, host.searches),
          options: ['ndots:5'],
        };
        break;
      }
      options.warn(
        'MissingClusterDNS',
        `pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})". kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.`,
      );
      config = host;
      break;
    default:
      config = host;
  }
  const extra = pod.spec.dnsConfig;
  if (extra) {
    config = {
      servers: unique([...config.servers, ...(extra.nameservers ?? [])]),
      searches: unique([...config.searches, ...(extra.searches ?? [])]),
      options: mergedOptions([
        ...config.options,
        ...(extra.options ?? []).map(({ name, value }) => (value ? `${name}:${value}` : name!)),
      ]),
    };
  }
  return withinLimits(config, options);
}

export function parseResolvConf(text: string): Required<cri.DNSConfig> {
  const servers: string[] = [];
  let searches: string[] = [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    // The last search line wins (resolv.conf(5)); a lone dot means none.
    if (fields[0] === 'search')
      searches = fields
        .slice(1)
        .filter((domain) => domain !== '.')
        .map((domain) => domain.replace(/\.$/, ''));
    else if (fields[0] === 'nameserver' && fields[1]) servers.push(fields[1]);
    else if (fields[0] === 'options') options.push(...fields.slice(1));
  }
  return { servers, searches, options: mergedOptions(options) };
}

function dnsKind(pod: Pod): 'none' | 'cluster' | 'host' {
  switch (pod.spec.dnsPolicy) {
    case 'None':
      return 'none';
    case 'Default':
      return 'host';
    case 'ClusterFirstWithHostNet':
      return 'cluster';
    default:
      return pod.spec.hostNetwork ? 'host' : 'cluster';
  }
}

function clusterSearches({ pod, clusterDomain }: PodDnsOptions, hostSearches: readonly string[]): string[] {
  if (!clusterDomain) return [...hostSearches];
  return unique([
    `${pod.metadata.namespace}.svc.${clusterDomain}`,
    `svc.${clusterDomain}`,
    clusterDomain,
    ...hostSearches,
  ]);
}

/** The last of each name, where the first of that name stood. */
function mergedOptions(options: readonly string[]): string[] {
  const byName = new Map(options.map((option) => [option.split(':', 1)[0]!, option]));
  return [...byName.values()];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function withinLimits(config: Required<cri.DNSConfig>, { warn }: PodDnsOptions): cri.DNSConfig {
  const servers = config.servers.slice(0, maxNameservers);
  if (servers.length < config.servers.length)
    warn(
      'DNSConfigForming',
      `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${servers.join(' ')}`,
    );
  const searches = config.searches.slice(0, maxSearches).filter((domain) => domain.length <= maxDomainChars);
  while (searches.join(' ').length > maxSearchChars) searches.pop();
  if (searches.length < config.searches.length)
    warn(
      'DNSConfigForming',
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searches.join(' ')}`,
    );
  return { servers, searches, options: config.options };
}
