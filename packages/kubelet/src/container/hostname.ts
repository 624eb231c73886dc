import type { Pod } from '@kubets/api';

export interface PodHostname {
  hostname: string;
  /** `subdomain.namespace.svc.cluster.local`, or empty. */
  domain: string;
}

/** What a pod calls itself; a hostname is 63 characters at most (hostname(7)). */
export function podHostname(pod: Pod, clusterDomain: string): PodHostname {
  const { spec, metadata } = pod;
  if (spec.hostnameOverride) return { hostname: truncated(spec.hostnameOverride), domain: '' };
  const domain = spec.subdomain ? `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` : '';
  return { hostname: truncated(spec.hostname || metadata.name), domain };
}

/** What the kernel is told: with the domain where the pod wants it (setHostnameAsFQDN), and that fits in 64. */
export function kernelHostname({ hostname, domain }: PodHostname, asFqdn: boolean | undefined): string {
  if (!asFqdn || !domain) return hostname;
  const fqdn = `${hostname}.${domain}`;
  if (fqdn.length > 64)
    throw new Error(
      `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (64 characters is the max, ${fqdn.length} characters requested)`,
    );
  return fqdn;
}

function truncated(hostname: string): string {
  return hostname.length <= 63 ? hostname : hostname.slice(0, 63).replace(/[-.]+$/, '');
}
