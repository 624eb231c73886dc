// x509 finds its parts by decorators, which need this before it.
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import type { CertificateSigningRequest } from '@kubets/api';
import { FakeClock } from '@kubets/base';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, type KeyPair } from './certificates.ts';
import { refusals } from './request_rules.ts';
import { certificateSigner } from './sign_request.ts';

const startMs = Date.parse('2030-01-01T00:00:00Z');
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const clientUsages = ['digital signature', 'key encipherment', 'client auth'];

let authority: KeyPair;
let pem: string;

beforeAll(async () => {
  authority = await createAuthority({ commonName: 'kubernetes', nowMs: startMs });
  const keys = await crypto.subtle.generateKey(rsa, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'O=dev, O=ops, CN=jane',
    keys: keys as never,
    signingAlgorithm: rsa,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'jane.example.com' }])],
  });
  pem = `${request.toString('pem')}\n`;
});

function sign(spec: object) {
  const request = {
    metadata: { name: 'r' },
    spec: {
      request: btoa(pem),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: clientUsages,
      ...spec,
    },
  } as CertificateSigningRequest;
  return certificateSigner({ authority, clock: new FakeClock(startMs) })(request);
}

describe('an approved request', () => {
  test.each([
    ['no time: a year', undefined, '2030-12-31T23:55:00.000Z'],
    ['an hour', 3_600, '2030-01-01T01:00:00.000Z'],
    ['a minute: ten', 60, '2030-01-01T00:10:00.000Z'],
    ['ten years: one', 315_360_000, '2030-12-31T23:55:00.000Z'],
  ])('is signed with its names and usages; asks for %s', async (_, expirationSeconds, end) => {
    const outcome = await sign({ expirationSeconds });
    if (!('certificatePem' in outcome)) throw new Error(outcome.failed);
    const certificate = new X509Certificate(outcome.certificatePem);
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(certificate.subject).toBe('O=dev\nO=ops\nCN=jane');
    expect(certificate.subjectAltName).toBe('DNS:jane.example.com');
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(new Date(certificate.validFrom).toISOString()).toBe('2029-12-31T23:55:00.000Z');
    expect(new Date(certificate.validTo).toISOString()).toBe(end);
  });

  test('that its signer does not sign fails', async () => {
    expect(await sign({ usages: ['server auth', 'client auth'] })).toEqual({
      failed: 'invalid usage for client certificate: server auth',
    });
    expect(await sign({ signerName: 'kubernetes.io/kubelet-serving' })).toEqual({
      failed: 'subject organization is not system:nodes',
    });
  });
});

const none = { dns: 0, ip: 0, email: 0, uri: 0 };
const node = { commonName: 'system:node:a', organizations: ['system:nodes'], alternativeNames: none };
const clientText = 'usages did not match [client auth digital signature key encipherment]';
test.each([
  [
    'kube-apiserver-client',
    { usages: ['digital signature'] },
    'missing required usage for client certificate: client auth',
  ],
  ['kube-apiserver-client-kubelet', { usages: clientUsages }, undefined],
  ['kube-apiserver-client-kubelet', { usages: ['digital signature', 'client auth'] }, undefined],
  ['kube-apiserver-client-kubelet', { usages: ['client auth'] }, clientText],
  ['kube-apiserver-client-kubelet', { usages: [...clientUsages, 'server auth'] }, clientText],
  [
    'kube-apiserver-client-kubelet',
    { usages: clientUsages, alternativeNames: { ...none, ip: 1 } },
    'IP subjectAltNames are not allowed',
  ],
  [
    'kube-apiserver-client-kubelet',
    { usages: clientUsages, commonName: 'a' },
    'subject common name does not begin with system:node:',
  ],
  [
    'kubelet-serving',
    { usages: ['server auth', 'digital signature'] },
    'DNS or IP subjectAltName is required',
  ],
  [
    'kubelet-serving',
    { usages: ['server auth', 'digital signature'], alternativeNames: { ...none, dns: 1 } },
    undefined,
  ],
  [
    'kubelet-serving',
    { usages: clientUsages, alternativeNames: { ...none, dns: 1 } },
    'usages did not match [digital signature key encipherment server auth]',
  ],
])('%s of %j: %s', (signer, facts, refusal) => {
  expect(refusals[`kubernetes.io/${signer}`]!({ ...node, ...facts })).toBe(refusal);
});
