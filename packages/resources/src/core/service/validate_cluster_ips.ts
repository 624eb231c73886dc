// The addresses of a Service: at most one of each family, and once given they stay (KEP-563).
import { duplicate, type FieldError, invalidValue, notSupported, required, type Service } from '@kubets/api';
import { parseIp } from '../../rules/ip_address.ts';
import { validateLegacyIp } from '../../rules/ip_rules.ts';
import { isHeadless } from './default_service.ts';

export function validateClusterIps({ spec }: Service, old: Service | undefined): FieldError[] {
  const { clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const path = 'spec.clusterIPs';
  const errors: FieldError[] = [];
  if (clusterIP) {
    if (clusterIPs.length === 0) errors.push(required(path));
    else if (clusterIPs[0] !== clusterIP)
      errors.push(invalidValue(path, clusterIPs, 'first value must match `clusterIP`'));
  } else if (clusterIPs.length > 0)
    errors.push(invalidValue(path, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  ipFamilies.forEach((family, i) => {
    const at = `spec.ipFamilies[${i}]`;
    if (!['IPv4', 'IPv6'].includes(family)) errors.push(notSupported(at, family, ['IPv4', 'IPv6']));
    if (ipFamilies.indexOf(family) < i) errors.push(duplicate(at, family));
  });
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy))
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies));
  const faults: FieldError[] = [];
  clusterIPs.forEach((ip, i) => {
    if (i > 0 || ip !== 'None') faults.push(...validateLegacyIp(ip, `${path}[${i}]`, old?.spec.clusterIPs));
    else if (clusterIPs.length > 1)
      faults.push(invalidValue(path, clusterIPs, "'None' must be the first and only value"));
  });
  errors.push(...faults);
  if (clusterIPs.length > 2) errors.push(invalidValue(path, clusterIPs, 'may only hold up to 2 values'));
  return faults.length > 0 ? errors : [...errors, ...validateFamilies(clusterIPs, ipFamilies, path)];
}

function validateFamilies(clusterIPs: string[], ipFamilies: string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const families = clusterIPs.map((ip) => parseIp(ip)?.family);
  if (clusterIPs.length > 1 && (clusterIPs.length !== 2 || families[0] === families[1]))
    errors.push(invalidValue(path, clusterIPs, 'may specify no more than one IP for each IP family'));
  if (clusterIPs[0] === 'None') return errors;
  clusterIPs.forEach((ip, i) => {
    const expected = ipFamilies[i];
    if ((expected === 'IPv4' || expected === 'IPv6') && families[i] !== expected)
      errors.push(
        invalidValue(
          `${path}[${i}]`,
          ip,
          `expected an ${expected} value as indicated by \`ipFamilies[${i}]\``,
        ),
      );
  });
  return errors;
}

/** The first address and family stay; a second one may come, and go when the policy says so. */
export function validateClusterIpsUpdate(next: Service, old: Service): FieldError[] {
  if (next.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return [];
  const headless = { next: isHeadless(next), old: isHeadless(old) };
  if (headless.next && headless.old) return [];
  return [
    ...validateKept('clusterIPs', 'clusterIP', next, old),
    ...(headless.next || headless.old ? [] : validateKept('ipFamilies', 'ipFamily', next, old)),
  ];
}

function validateKept(
  field: 'clusterIPs' | 'ipFamilies',
  singular: string,
  next: Service,
  old: Service,
): FieldError[] {
  const before = old.spec[field] ?? [];
  const after = next.spec[field] ?? [];
  const path = `spec.${field}`;
  const changed = (i: number) => invalidValue(`${path}[${i}]`, after, 'may not change once set');
  if (before.length === after.length)
    return before.flatMap((value, i) =>
      value === after[i] ? [] : [changed(field === 'ipFamilies' ? 0 : i)],
    );
  const errors: FieldError[] = [];
  if (before.length > after.length && after.length === 0)
    errors.push(invalidValue(`${path}[0]`, after, `primary ${singular} can not be unset`));
  if (before.length > 0 && after.length > 0 && before[0] !== after[0]) errors.push(changed(0));
  if (before.length > 1 && after.length === 1 && next.spec.ipFamilyPolicy !== 'SingleStack')
    errors.push(
      invalidValue(
        'spec.ipFamilyPolicy',
        next.spec.ipFamilyPolicy ?? null,
        `must be set to 'SingleStack' when releasing the secondary ${singular}`,
      ),
    );
  return errors;
}
