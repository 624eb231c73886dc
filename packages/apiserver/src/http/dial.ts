import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ProxyTarget } from '../request.ts';

/** How the server shows itself to kubelets, and whom it believes to be one. */
export interface KubeletCredentials {
  cert: string | Uint8Array;
  key: string | Uint8Array;
  /** CA of kubelets' serving certificates; without one they aren't verified (as upstream's default). */
  ca?: string | Uint8Array;
}

export const dialTimeoutMs = 10_000;

export interface TlsOptions {
  cert?: Buffer;
  key?: Buffer;
  ca?: Buffer;
  rejectUnauthorized: boolean;
}

/** Credentials only go to kubelets; pods and services get a connection that says nothing of the server. */
export function tlsOptions(target: ProxyTarget, kubelet: KubeletCredentials | undefined): TlsOptions {
  if (target.as !== 'kubelet' || !kubelet) return { rejectUnauthorized: false };
  return {
    cert: Buffer.from(kubelet.cert),
    key: Buffer.from(kubelet.key),
    ...(kubelet.ca && { ca: Buffer.from(kubelet.ca) }),
    rejectUnauthorized: kubelet.ca !== undefined,
  };
}

/** A bare connection to the target, with TLS where its URL says https. */
export function dial(target: ProxyTarget, kubelet: KubeletCredentials | undefined): Promise<Duplex> {
  const { hostname, port, protocol } = target.url;
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'https:';
  return new Promise((resolve, reject) => {
    const to = { host, port: Number(port || (secure ? 443 : 80)) };
    const socket = secure
      ? connectTls({ ...to, ...tlsOptions(target, kubelet), ALPNProtocols: ['http/1.1'] })
      : connectTcp(to);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(dialTimeoutMs, () => fail(new Error(`dial ${host}:${to.port}: i/o timeout`)));
    socket.once('error', fail);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
