import { expect, test } from 'vitest';
import { warnOfTlsPair } from './tls_warnings.ts';

const pem = (type: string) => btoa(`-----BEGIN ${type}-----\nAAAA\n-----END ${type}-----\n`);

test.each([
  [pem('CERTIFICATE'), pem('PRIVATE KEY'), []],
  [pem('CERTIFICATE'), pem('EC PRIVATE KEY'), []],
  [btoa('x'), pem('PRIVATE KEY'), ['tls: failed to find any PEM data in certificate input']],
  [
    pem('PRIVATE KEY'),
    pem('CERTIFICATE'),
    [
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
  ],
  [pem('CERTIFICATE'), undefined, ['tls: failed to find any PEM data in key input']],
  [
    pem('CERTIFICATE'),
    pem('CERTIFICATE'),
    ['tls: found a certificate rather than a key in the PEM for the private key'],
  ],
])('pair %#', (certificate, key, expected) => {
  expect(warnOfTlsPair(certificate, key)).toEqual(expected);
});
