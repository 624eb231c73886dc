// What a server that loads this pair of certificate and key would stumble over, in the words of Go's crypto/tls.
import { pemBlocks } from '../certificates/pem.ts';

export function warnOfTlsPair(certificate: string | undefined, key: string | undefined): string[] {
  const fault = certificateFault(certificate) ?? keyFault(key);
  return fault ? [`tls: ${fault}`] : [];
}

function certificateFault(base64: string | undefined): string | undefined {
  const types = pemBlocks(base64).map(({ type }) => type);
  if (types.includes('CERTIFICATE')) return undefined;
  if (types.length === 0) return 'failed to find any PEM data in certificate input';
  if (types.length === 1 && types[0]!.endsWith('PRIVATE KEY'))
    return 'failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
  return `failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
}

function keyFault(base64: string | undefined): string | undefined {
  const types = pemBlocks(base64).map(({ type }) => type);
  if (types.some((type) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))) return undefined;
  if (types.length === 0) return 'failed to find any PEM data in key input';
  if (types.length === 1 && types[0] === 'CERTIFICATE')
    return 'found a certificate rather than a key in the PEM for the private key';
  return `failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
}
