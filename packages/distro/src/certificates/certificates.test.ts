import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { createAuthority, signLeaf } from './certificates.ts';

const nowMs = Date.now();
const ca = await createAuthority({ commonName: 'kubernetes', nowMs });

describe('certificates', () => {
  test('a leaf carries its names and is signed by the authority', async () => {
    const leaf = await signLeaf(ca, {
      commonName: 'system:node:n1',
      organizations: ['system:nodes'],
      usage: ['client'],
      nowMs,
    });
    const certificate = new X509Certificate(leaf.certificate);
    expect(certificate.subject).toBe('O=system:nodes\nCN=system:node:n1');
    expect(certificate.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
    expect(new X509Certificate(ca.certificate).ca).toBe(true);
    expect(certificate.ca).toBe(false);
  });

  test('TLS works both ways with them', async () => {
    const server = await signLeaf(ca, {
      commonName: 's',
      usage: ['server'],
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
      nowMs,
    });
    const client = await signLeaf(ca, {
      commonName: 'ann',
      organizations: ['dev', 'ops'],
      usage: ['client'],
      nowMs,
    });
    const listener = createServer(
      { ...tls(server), ca: ca.certificate, requestCert: true, rejectUnauthorized: true },
      (socket) => {
        socket.end(JSON.stringify(socket.getPeerCertificate().subject));
      },
    );
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ...tls(client), ca: ca.certificate });
      socket.on('data', (data) => resolve(data.toString())).on('error', reject);
    });
    listener.close();
    expect(JSON.parse(text)).toEqual({ CN: 'ann', O: ['dev', 'ops'] });
  });
});

function tls(pair: { certificate: string; key: string }) {
  return { cert: pair.certificate, key: pair.key };
}
