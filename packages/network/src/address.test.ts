import { describe, expect, test } from 'vitest';
import { canonicalAddress, cidrContains, formatCidr, parseAddress, parseCidr } from './address.ts';

describe('addresses', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
    ['::', '::'],
    ['FD00:0:0:0::5', 'fd00::5'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:10.1.2.3', '::ffff:a01:203'],
    ['fd00::', 'fd00::'],
  ])('%s is %s', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  test.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '1::2::3',
    ':1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'x',
  ])('"%s" is none', (text) => expect(parseAddress(text)).toBeUndefined());

  test.each([
    ['10.1.2.3/16', '10.1.0.0/16'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fd00::1/64', 'fd00::/64'],
  ])('%s is the range %s', (text, canonical) => expect(formatCidr(parseCidr(text)!)).toBe(canonical));

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', 'fd00::/129', '10.0.0.0/-1'])(
    '"%s" is no range',
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['0.0.0.0/0', 'fd00::/8', false],
  ])('%s contains %s: %s', (outer, inner, expected) =>
    expect(cidrContains(parseCidr(outer)!, parseCidr(inner)!)).toBe(expected),
  );
});
