import { expect, test } from 'vitest';
import { warnOfCidr, warnOfIp } from './ip_warnings.ts';

test.each([
  ['10.0.0.1', []],
  ['010.0.0.1', ['ip: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"']],
  ['::ffff:10.0.0.1', ['ip: non-standard IP address "::ffff:10.0.0.1" is invalid: use "10.0.0.1"']],
  ['2001:DB8::1', ['ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")']],
  [undefined, []],
])('address %s', (value, warnings) => {
  expect(warnOfIp(value, 'ip')).toEqual(warnings);
});

test.each([
  ['10.0.0.0/8', []],
  [
    '10.1.2.3/8',
    ['cidr: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)'],
  ],
  ['010.0.0.0/8', ['cidr: non-standard CIDR value "010.0.0.0/8" is invalid: use "10.0.0.0/8"']],
  [
    '2001:DB8::/32',
    ['cidr: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")'],
  ],
])('network %s', (value, warnings) => {
  expect(warnOfCidr(value, 'cidr')).toEqual(warnings);
});
