import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type LoadBalancerIngress,
  type LoadBalancerStatus,
  notSupported,
  required,
} from '@kubets/api';
import { parseIp } from '../../rules/ip_address.ts';
import { validateLegacyIp } from '../../rules/ip_rules.ts';
import { dns1123Subdomain } from '../../rules/names.ts';

export function validateLoadBalancerStatus(
  status: LoadBalancerStatus | undefined,
  old: LoadBalancerStatus | undefined,
  isBalancer: boolean,
): FieldError[] {
  const path = 'status.loadBalancer.ingress';
  const ingress = status?.ingress ?? [];
  if (!isBalancer && ingress.length > 0)
    return [forbiddenField(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  const stored = (old?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  return ingress.flatMap((point, i) => validatePoint(point, `${path}[${i}]`, stored));
}

function validatePoint(
  { ip, ipMode, hostname }: LoadBalancerIngress,
  path: string,
  stored: string[],
): FieldError[] {
  const errors = ip ? validateLegacyIp(ip, `${path}.ip`, stored) : [];
  if (ipMode === undefined) {
    if (ip) errors.push(required(`${path}.ipMode`, 'must be specified when `ip` is set'));
  } else if (!ip) errors.push(forbiddenField(`${path}.ipMode`, 'may not be specified when `ip` is not set'));
  else if (!['Proxy', 'VIP'].includes(ipMode))
    errors.push(notSupported(`${path}.ipMode`, ipMode, ['Proxy', 'VIP']));
  return hostname ? [...errors, ...validateHostname(hostname, `${path}.hostname`)] : errors;
}

/** Names of load balancers, of Services and of Ingresses. */
export function validateHostname(hostname: string, path: string): FieldError[] {
  return [
    ...dns1123Subdomain(hostname).map((message) => invalidValue(path, hostname, message)),
    ...(parseIp(hostname) ? [invalidValue(path, hostname, 'must be a DNS name, not an IP address')] : []),
  ];
}

/** Addresses and names, sorted, as the tables of Services and Ingresses show them. */
export function loadBalancerText(ingress: { ip?: string; hostname?: string }[] | undefined): string {
  return [...new Set((ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean))]
    .sort()
    .join(',');
}
