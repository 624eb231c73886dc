import { describe, expect, test } from 'vitest';
import { texts } from '../testing.ts';
import { cidrContains, parseCidr, parseIp } from './ip_address.ts';
import { validateCidr, validateIp, validateLegacyCidr, validateLegacyIp } from './ip_rules.ts';

describe('parseIp', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['fe80::', 'fe80::'],
    ['::', '::'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ])('%s is %s', (text, canonical) => {
    expect(parseIp(text)?.text).toBe(canonical);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1:2',
    ':::',
    '1::2::3',
    '12345::',
    '1.2.3.4/8',
    'fe80::1%eth0',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
});

test.each([
  ['10.0.0.0/8', '10.200.3.4', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.1.2.128/25', '10.1.2.127', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['0.0.0.0/0', '::1', false],
])('%s contains %s: %s', (cidr, ip, expected) => {
  expect(cidrContains(parseCidr(cidr)!, parseIp(ip)!)).toBe(expected);
});

test.each([
  ['10.0.0.1', []],
  ['010.0.0.1', ['ip: Invalid value: "010.0.0.1": must not have leading 0s']],
  ['::ffff:1.2.3.4', ['ip: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address']],
  ['2001:DB8::1', ['ip: Invalid value: "2001:DB8::1": must be in canonical form ("2001:db8::1")']],
  ['web', ['ip: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
])('address %s', (ip, expected) => {
  expect(texts(validateIp(ip, 'ip'))).toEqual(expected);
});

test.each([
  ['10.0.0.0/8', []],
  ['10.0.0.1/8', ['cidr: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length']],
  [
    '10.0.0.0/33',
    ['cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
  ],
  [
    '10.0.0.0',
    ['cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
  ],
])('network %s', (cidr, expected) => {
  expect(texts(validateCidr(cidr, 'cidr'))).toEqual(expected);
});

test('older fields take what is not canonical, and keep what is stored', () => {
  expect(validateLegacyIp('2001:DB8::1', 'ip')).toEqual([]);
  expect(validateLegacyIp('010.0.0.1', 'ip')).toHaveLength(1);
  expect(validateLegacyIp('010.0.0.1', 'ip', ['010.0.0.1'])).toEqual([]);
  expect(validateLegacyCidr('10.0.0.1/8', 'cidr', ['10.0.0.1/8'])).toEqual([]);
});
