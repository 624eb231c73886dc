import type { Service } from '@kubets/api';
import { warnOfCidr, warnOfIp } from '../../rules/ip_warnings.ts';
import { isHeadless } from './default_service.ts';

/** What a Service says in vain, or will not say much longer (pkg/api/service/warnings.go). */
export function warnOfService(service: Service): string[] {
  const { metadata, spec } = service;
  const { type, externalIPs = [], clusterIPs = [], loadBalancerSourceRanges = [], loadBalancerIP } = spec;
  const headless = type === 'ClusterIP' && spec.clusterIP === 'None';
  const elsewhere = type === 'ExternalName';
  const warnings: string[] = [];
  if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined)
    warnings.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    );
  if (!elsewhere && !isHeadless(service))
    warnings.push(...clusterIPs.flatMap((ip, i) => warnOfIp(ip, `spec.clusterIPs[${i}]`)));
  if (headless) {
    if (loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None')
      warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  warnings.push(...externalIPs.flatMap((ip, i) => warnOfIp(ip, `spec.externalIPs[${i}]`)));
  if (externalIPs.length > 0 && !headless && !elsewhere)
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  warnings.push(
    ...warnOfIp(loadBalancerIP, 'spec.loadBalancerIP'),
    ...loadBalancerSourceRanges.flatMap((cidr, i) => warnOfCidr(cidr, `spec.loadBalancerSourceRanges[${i}]`)),
  );
  if (elsewhere && externalIPs.length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!elsewhere && spec.externalName)
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose')
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}
