import type { Socket } from 'node:net';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Connection } from './http_request.ts';

/** Reads a connection's peer: the certificate's CN is the user, each O a group (X.509 client certificates). */
export function connectionOf(plain: Socket | TLSSocket): Connection {
  const socket = plain as TLSSocket;
  const remoteAddress = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  // Without TLS there are no certificates.
  if (typeof socket.getPeerCertificate !== 'function')
    return { remoteAddress, user: undefined, rejectedCertificate: false };
  const certificate = socket.getPeerCertificate(true) as DetailedPeerCertificate | undefined;
  const subject = certificate?.subject as { CN?: string; O?: string | string[] } | undefined;
  if (!subject) return { remoteAddress, user: undefined, rejectedCertificate: false };
  if (!socket.authorized || !subject.CN) return { remoteAddress, user: undefined, rejectedCertificate: true };
  const groups = subject.O === undefined ? [] : Array.isArray(subject.O) ? subject.O : [subject.O];
  return {
    remoteAddress,
    user: Object.freeze({
      username: subject.CN,
      groups: Object.freeze([...groups, 'system:authenticated']) as string[],
      extra: {
        'authentication.kubernetes.io/credential-id': [
          `X509SHA256=${certificate!.fingerprint256.replaceAll(':', '').toLowerCase()}`,
        ],
      },
    }),
    rejectedCertificate: false,
  };
}
