import type { CertificateSigningRequest } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { recognize } from './approve_request.ts';
import { certificatesController } from './index.ts';
import { parseRequest } from './parse_request.ts';

// Requests for `O=system:nodes, CN=system:node:n1`, made by openssl; the second asks for a DNS name too.
const plain = [
  'MIHqMIGSAgEAMDAxFTATBgNVBAoMDHN5c3RlbTpub2RlczEXMBUGA1UEAwwOc3lzdGVtOm5vZGU6bjEwWTATBgcqhk',
  'jOPQIBBggqhkjOPQMBBwNCAAQ2rIWQx93v+Loy45m8DuYuL7jVKGqlaDNVKiIky91GxEP8fdgd6MxKDzXZ3oTESCBs',
  'JC6L58cgy3mq/GzvlT9AoAAwCgYIKoZIzj0EAwIDRwAwRAIgNQY6QvOWR9+0ADAfGEuHnm83b7zf5mAq3DKlwN6TRM',
  'cCIDpDTmH6ymSdkF3l1+n+fJoJWjCxDvQ+ZKAnXmqAnVDY',
].join('');
const withName = [
  'MIIBCzCBsgIBADAwMRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxFzAVBgNVBAMMDnN5c3RlbTpub2RlOm4xMFkwEwYHKo',
  'ZIzj0CAQYIKoZIzj0DAQcDQgAENqyFkMfd7/i6MuOZvA7mLi+41ShqpWgzVSoiJMvdRsRD/H3YHejMSg812d6ExEgg',
  'bCQui+fHIMt5qvxs75U/QKAgMB4GCSqGSIb3DQEJDjERMA8wDQYDVR0RBAYwBIICbjEwCgYIKoZIzj0EAwIDSAAwRQ',
  'IgePILlPwOL1JPug+M9WAfaZqfKCVmAdbsQXwdE3aVFBACIQCcn6rToBn1GPlgNvNfHc3Kf23uTP0VU/SMOD3MZS5A',
  'JA==',
].join('');

const pem = (body: string) =>
  btoa(`-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`);
const usages = ['digital signature', 'client auth'];
const signerName = 'kubernetes.io/kube-apiserver-client-kubelet';
const request = (spec: object) =>
  ({
    spec: { request: pem(plain), signerName, usages, username: 'bootstrap', ...spec },
  }) as CertificateSigningRequest;

describe('requests', () => {
  test('what they ask for', () => {
    const asked = { commonName: 'system:node:n1', organizations: ['system:nodes'] };
    expect(parseRequest(pem(plain))).toEqual({ ...asked, hasAlternativeNames: false });
    expect(parseRequest(pem(withName))).toEqual({ ...asked, hasAlternativeNames: true });
  });

  test.each(['', '!!', pem('AAAA'), pem(plain.slice(0, 60)), btoa('nothing')])('unreadable %#', (text) => {
    expect(parseRequest(text)).toBeUndefined();
  });

  test.each([
    ['for another', {}, ['nodeclient']],
    ['for itself', { username: 'system:node:n1' }, ['selfnodeclient', 'nodeclient']],
    ['of another signer', { signerName: 'example.com/x' }, []],
    ['for serving', { usages: ['digital signature', 'server auth'] }, []],
    ['with a name', { request: pem(withName) }, []],
  ])('recognized: %s', (_, spec, expected) => {
    expect(recognize(request(spec)).map(({ permission }) => permission)).toEqual(expected);
  });
});

const certificatePem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

let cluster: TestCluster;
afterEach(() => cluster?.stop());

test('a kubelet gets its certificate, and old requests go', async () => {
  cluster = await startCluster([certificatesController], {
    signCertificate: async () => ({ certificatePem }),
  });
  await cluster.client.create(refs.certificateSigningRequests, {
    metadata: { name: 'n1' },
    spec: { request: pem(plain), signerName, usages, username: 'bootstrap' },
  });
  await cluster.settle();
  const now = await cluster.get<CertificateSigningRequest>(refs.certificateSigningRequests, 'n1');
  expect(now?.status?.conditions).toMatchObject([
    { type: 'Approved', status: 'True', reason: 'AutoApproved' },
  ]);
  expect(now?.status?.certificate).toBe(btoa(certificatePem));
  await cluster.advance(3_601_000);
  expect(await cluster.get(refs.certificateSigningRequests, 'n1')).toBeUndefined();
});
