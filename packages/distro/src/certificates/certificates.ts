// Certificates of a cluster: one authority, and what it signs. ECDSA P-256 throughout: made in a millisecond.

// x509 finds its parts by decorators, which need this before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

// The library's types name the browser's Crypto, of which Node's is one.
x509.cryptoProvider.set(webcrypto as never);
type CryptoKey = webcrypto.CryptoKey;

export interface KeyPair {
  /** PEM. */
  certificate: string;
  /** PKCS #8 PEM. */
  key: string;
}

export interface LeafOptions {
  commonName: string;
  /** Groups, as Kubernetes reads them of a client certificate. */
  organizations?: readonly string[];
  usage: readonly ('server' | 'client')[];
  dnsNames?: readonly string[];
  ipAddresses?: readonly string[];
  nowMs: number;
  /** One year unless told otherwise. */
  validDays?: number;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

export async function createAuthority(options: { commonName: string; nowMs: number }): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(options.commonName),
    notBefore: new Date(options.nowMs - 3_600_000),
    notAfter: new Date(options.nowMs + 3650 * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      // Go's verifier checks names against this: the authority's own name is enough.
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: options.commonName }]),
    ],
  });
  return { certificate: certificate.toString('pem') + '\n', key: await exportKey(keys.privateKey) };
}

export async function signLeaf(authority: KeyPair, options: LeafOptions): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await generateKeys();
  const names: x509.JsonGeneralNames = [
    ...(options.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(options.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const usages = {
    server: x509.ExtendedKeyUsage.serverAuth,
    client: x509.ExtendedKeyUsage.clientAuth,
  };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(options.commonName, options.organizations),
    issuer: issuer.subjectName.toString(),
    notBefore: new Date(options.nowMs - 3_600_000),
    notAfter: new Date(options.nowMs + (options.validDays ?? 365) * dayMs),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      new x509.ExtendedKeyUsageExtension(options.usage.map((usage) => usages[usage])),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return { certificate: certificate.toString('pem') + '\n', key: await exportKey(keys.privateKey) };
}

/** A key pair for service account tokens (ES256). */
export async function createSigningKey(): Promise<{ privateKey: string; publicKey: string }> {
  const keys = await generateKeys();
  const publicKey = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return { privateKey: await exportKey(keys.privateKey), publicKey: pem('PUBLIC KEY', publicKey) };
}

async function generateKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportKey(key: CryptoKey): Promise<string> {
  return pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));
}

/** The private key of PKCS #8 PEM. */
export async function importKey(text: string): Promise<CryptoKey> {
  const der = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

function pem(label: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function nameOf(commonName: string, organizations: readonly string[] = []): string {
  // RFC 4514 escapes; names of nodes and groups hold colons, which need none.
  const quoted = (text: string) => text.replace(/([,+"\\<>;=])/g, '\\$1');
  return [...organizations.map((group) => `O=${quoted(group)}`), `CN=${quoted(commonName)}`].join(', ');
}

/** Random, positive, 16 bytes in hexadecimal. */
export function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = bytes[0]! & 0x7f || 1;
  return Buffer.from(bytes).toString('hex');
}
