// Signs approved CertificateSigningRequests with the cluster's authority, as kube-controller-manager does.

// x509 finds its parts by decorators, which need this before it.
import 'reflect-metadata';
import type { Clock } from '@kubets/base';
import type { CertificateSigner } from '@kubets/controllers';
import * as x509 from '@peculiar/x509';
import { importKey, type KeyPair, serialNumber } from './certificates.ts';
import { type RequestFacts, refusals } from './request_rules.ts';

const { KeyUsageFlags, ExtendedKeyUsage } = x509;
const minuteMs = 60_000;
const backdateMs = 5 * minuteMs;
const shortestMs = 10 * minuteMs;
/** Shorter ones end when they were asked to: the backdating would take a good part of them. */
const shortMs = 8 * 60 * minuteMs;

const keyUsages: Readonly<Record<string, number>> = {
  signing: KeyUsageFlags.digitalSignature,
  'digital signature': KeyUsageFlags.digitalSignature,
  'content commitment': KeyUsageFlags.nonRepudiation,
  'key encipherment': KeyUsageFlags.keyEncipherment,
  'key agreement': KeyUsageFlags.keyAgreement,
  'data encipherment': KeyUsageFlags.dataEncipherment,
  'cert sign': KeyUsageFlags.keyCertSign,
  'crl sign': KeyUsageFlags.cRLSign,
  'encipher only': KeyUsageFlags.encipherOnly,
  'decipher only': KeyUsageFlags.decipherOnly,
};
const purposes: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': ExtendedKeyUsage.serverAuth,
  'client auth': ExtendedKeyUsage.clientAuth,
  'code signing': ExtendedKeyUsage.codeSigning,
  'email protection': ExtendedKeyUsage.emailProtection,
  's/mime': ExtendedKeyUsage.emailProtection,
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: ExtendedKeyUsage.timeStamping,
  'ocsp signing': ExtendedKeyUsage.ocspSigning,
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

export interface SigningOptions {
  authority: KeyPair;
  clock: Clock;
  /** What a request gets that asks for no time, or for more (upstream --cluster-signing-duration): a year. */
  longestMs?: number;
}

export function certificateSigner({ authority, clock, longestMs }: SigningOptions): CertificateSigner {
  const issuer = new x509.X509Certificate(authority.certificate);
  const endsAt = issuer.notAfter.getTime();
  return async ({ spec }) => {
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(spec.request, 'base64').toString());
    if (!(await request.verify())) return { failed: 'the request is not signed by the key that it holds' };
    const usages = spec.usages ?? [];
    const names = request.extensions.find((part) => part instanceof x509.SubjectAlternativeNameExtension);
    const failed = refusals[spec.signerName]?.(factsOf(request.subjectName, names, usages));
    if (failed) return { failed };

    const now = clock.now();
    if (now >= endsAt) return { failed: 'the authority of the cluster has expired' };
    const lifeMs = lifetimeMs(spec.expirationSeconds, longestMs ?? 365 * 24 * 60 * minuteMs);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: request.subjectName,
      issuer: issuer.subjectName,
      notBefore: new Date(now - backdateMs),
      notAfter: new Date(Math.min(now + lifeMs - (lifeMs < shortMs ? 0 : backdateMs), endsAt)),
      publicKey: request.publicKey,
      signingKey: await importKey(authority.key),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [
        ...usageExtensions(usages),
        new x509.BasicConstraintsExtension(false, undefined, true),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ...(names ? [names] : []),
      ],
    });
    return { certificatePem: `${certificate.toString('pem')}\n` };
  };
}

function lifetimeMs(expirationSeconds: number | undefined, longestMs: number): number {
  if (expirationSeconds === undefined) return longestMs;
  return Math.min(Math.max(expirationSeconds * 1000, shortestMs), longestMs);
}

function usageExtensions(usages: readonly string[]): x509.Extension[] {
  const flags = usages.reduce((sum, usage) => sum | (keyUsages[usage] ?? 0), 0);
  const asked = [...new Set(usages.flatMap((usage) => purposes[usage] ?? []))];
  return [
    ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
    ...(asked.length > 0 ? [new x509.ExtendedKeyUsageExtension(asked)] : []),
  ];
}

function factsOf(
  subject: x509.Name,
  names: x509.SubjectAlternativeNameExtension | undefined,
  usages: readonly string[],
): RequestFacts {
  const count = (type: string) => names?.names.items.filter((name) => name.type === type).length ?? 0;
  return {
    commonName: subject.getField('CN').at(-1) ?? '',
    organizations: subject.getField('O'),
    alternativeNames: { dns: count('dns'), ip: count('ip'), email: count('email'), uri: count('url') },
    usages,
  };
}
