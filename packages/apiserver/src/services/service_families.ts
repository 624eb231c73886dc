// Which address families a service has: from what it says, what it had, and what the cluster offers (KEP-563).
import { type FieldError, invalid, invalidValue, type Service } from '@kubets/api';
import { parseIp, validateClusterIps } from '@kubets/resources';
import type { Family } from './address_range.ts';

/** Fills ipFamilyPolicy and ipFamilies of `service`. @throws ApiError 422 */
export function settleFamilies(service: Service, old: Service | undefined, offered: readonly Family[]): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  if (old && keepsDualStack(service, old)) return;
  const headlessWithoutSelector = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??=
    old?.spec.ipFamilyPolicy ?? (headlessWithoutSelector ? 'RequireDualStack' : 'SingleStack');
  fail(service, validateClusterIps(service, old));
  if (old && spec.ipFamilyPolicy === 'SingleStack') dropSecondary(service, old);
  fail(service, [...policyErrors(service, old), ...inferFamilies(service, offered)]);
  const single = spec.ipFamilyPolicy === 'SingleStack';
  if (headlessWithoutSelector) {
    if (!spec.ipFamilies?.length) spec.ipFamilies = [offered[0]!];
    if (spec.ipFamilies.length < 2 && !single)
      spec.ipFamilies = [...spec.ipFamilies, other(spec.ipFamilies[0]!)];
    return;
  }
  fail(service, offerErrors(service, offered));
  if (!spec.ipFamilies?.length) spec.ipFamilies = [offered[0]!];
  if (!single && spec.ipFamilies.length === 1 && offered.length === 2)
    spec.ipFamilies = [...spec.ipFamilies, other(spec.ipFamilies[0]!)];
}

// A service that prefers two families keeps what it has, whatever the cluster has become.
function keepsDualStack({ spec }: Service, { spec: old }: Service): boolean {
  return (
    spec.ipFamilyPolicy === 'PreferDualStack' &&
    old.ipFamilyPolicy === 'PreferDualStack' &&
    same(spec.clusterIPs, old.clusterIPs) &&
    same(spec.ipFamilies, old.ipFamilies) &&
    old.type === spec.type
  );
}

function dropSecondary({ spec }: Service, { spec: old }: Service): void {
  if (same(spec.clusterIPs, old.clusterIPs) && (spec.clusterIPs?.length ?? 0) > 1)
    spec.clusterIPs = spec.clusterIPs!.slice(0, 1);
  if (same(spec.ipFamilies, old.ipFamilies) && (spec.ipFamilies?.length ?? 0) > 1)
    spec.ipFamilies = spec.ipFamilies!.slice(0, 1);
}

function policyErrors({ spec }: Service, old: Service | undefined): FieldError[] {
  const policy = spec.ipFamilyPolicy;
  const errors: FieldError[] = [];
  const at = 'spec.ipFamilyPolicy';
  if (policy === 'SingleStack') {
    if (spec.clusterIPs?.length === 2)
      errors.push(
        invalidValue(
          at,
          policy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
        ),
      );
    if (spec.ipFamilies?.length === 2)
      errors.push(
        invalidValue(
          at,
          policy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
        ),
      );
  } else if (old) {
    if (reduced(spec.clusterIPs, old.spec.clusterIPs))
      errors.push(invalidValue(at, policy, "must be 'SingleStack' to release the secondary cluster IP"));
    if (reduced(spec.ipFamilies, old.spec.ipFamilies))
      errors.push(invalidValue(at, policy, "must be 'SingleStack' to release the secondary IP family"));
  }
  return errors;
}

function inferFamilies({ spec }: Service, offered: readonly Family[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') break;
    if (i < (spec.ipFamilies?.length ?? 0)) continue;
    const family = parseIp(ip)?.family;
    // Malformed addresses are for validation to name.
    if (!family) break;
    if (offered.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else
      errors.push(
        invalidValue(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`),
      );
  }
  return errors;
}

function offerErrors({ spec }: Service, offered: readonly Family[]): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack' && offered.length < 2)
    errors.push(
      invalidValue(
        'spec.ipFamilyPolicy',
        spec.ipFamilyPolicy,
        'this cluster is not configured for dual-stack services',
      ),
    );
  for (const [i, family] of (spec.ipFamilies ?? []).entries())
    if (!offered.includes(family as Family))
      errors.push(invalidValue(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'));
  return errors;
}

function fail(service: Service, errors: FieldError[]): void {
  if (errors.length) throw invalid({ group: '', kind: 'Service' }, service.metadata.name, errors);
}

function other(family: string): Family {
  return family === 'IPv4' ? 'IPv6' : 'IPv4';
}

function same(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function reduced(next: readonly string[] = [], old: readonly string[] = []): boolean {
  return old.length === 2 && next.length === 1;
}
