import { type FieldError, invalidValue } from '@kubets/api';
import { type Cidr, type IpAddress, parseCidr, parseIp } from './ip_address.ts';

/** For fields that have always asked for the canonical form. */
export function validateIp(value: string, path: string): FieldError[] {
  const { ip, errors } = readIp(value, path);
  if (!ip || errors.length > 0) return errors;
  return value === ip.text
    ? []
    : [invalidValue(path, value, `must be in canonical form (${JSON.stringify(ip.text)})`)];
}

/** For older fields: a value that was stored before stays good whatever its form. */
export function validateLegacyIp(value: string, path: string, stored: readonly string[] = []): FieldError[] {
  return stored.includes(value) ? [] : readIp(value, path).errors;
}

export function validateCidr(value: string, path: string): FieldError[] {
  const { cidr, errors } = readCidr(value, path);
  if (!cidr || errors.length > 0) return errors;
  return value === cidr.text
    ? []
    : [invalidValue(path, value, `must be in canonical form (${JSON.stringify(cidr.text)})`)];
}

export function validateLegacyCidr(
  value: string,
  path: string,
  stored: readonly string[] = [],
): FieldError[] {
  return stored.includes(value) ? [] : readCidr(value, path).errors;
}

function readIp(value: string, path: string): { ip?: IpAddress; errors: FieldError[] } {
  const ip = parseIp(value);
  if (!ip)
    return {
      errors: [invalidValue(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')],
    };
  const errors: FieldError[] = [];
  if (ip.leadingZeros) errors.push(invalidValue(path, value, 'must not have leading 0s'));
  if (ip.mapped) errors.push(invalidValue(path, value, 'must not be an IPv4-mapped IPv6 address'));
  return { ip, errors };
}

function readCidr(value: string, path: string): { cidr?: Cidr; errors: FieldError[] } {
  const cidr = parseCidr(value);
  if (!cidr)
    return {
      errors: [invalidValue(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')],
    };
  const errors: FieldError[] = [];
  if (cidr.leadingZeros)
    errors.push(invalidValue(path, value, 'must not have leading 0s in IP or prefix length'));
  else if (cidr.address.mapped)
    errors.push(invalidValue(path, value, 'must not have an IPv4-mapped IPv6 address'));
  else if (cidr.address.text !== cidr.network.text)
    errors.push(invalidValue(path, value, 'must not have bits set beyond the prefix length'));
  return { cidr, errors };
}
