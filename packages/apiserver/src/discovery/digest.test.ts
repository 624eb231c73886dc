import { expect, test } from 'vitest';
import { sha256Hex, sha512Hex, storageVersionHash } from './digest.ts';

const long =
  'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu';

// FIPS 180-4's own examples.
test.each([
  ['', 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'],
  ['abc', 'BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD'],
  [long, 'CF5B16A778AF8380036CE59E7B0492370B249B11E8F07A51AFAC45037AFEE9D1'],
])('SHA-256 of %j', (text, digest) => expect(sha256Hex(text)).toBe(digest));

test.each([
  [
    '',
    'CF83E1357EEFB8BDF1542850D66D8007D620E4050B5715DC83F4A921D36CE9CE47D0D13C5D85F2B0FF8318D2877EEC2F63B931BD47417A81A538327AF927DA3E',
  ],
  [
    'abc',
    'DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F',
  ],
  [
    long,
    '8E959B75DAE313DA8CF4F72814FC143F8F7779C6EB9F7FA17299AEADB6889018501D289E4900F7E4331B99DEC4B5433AC7D329EEB6DD26545E96E55B874BE909',
  ],
])('SHA-512 of %j', (text, digest) => expect(sha512Hex(text)).toBe(digest));

test('every length around the end of a block, as the platform computes it', async () => {
  for (let length = 0; length < 300; length++) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
    for (const [name, own] of [
      ['SHA-256', sha256Hex(data)],
      ['SHA-512', sha512Hex(data)],
    ] as const) {
      const theirs = Buffer.from(await crypto.subtle.digest(name, data)).toString('hex');
      expect(own.toLowerCase()).toBe(theirs);
    }
  }
});

test('the hash of what is stored, as upstream serves it', () => {
  expect(storageVersionHash('', 'v1', 'Pod')).toBe('xPOwRZ+Yhw8=');
  expect(storageVersionHash('apps', 'v1', 'Deployment')).toBe('8aSe+NMegvE=');
});
