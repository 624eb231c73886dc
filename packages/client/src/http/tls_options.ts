import { isIP } from 'node:net';

/** A value, or a function that is asked for it at each use, for what is renewed while the process runs. */
export type Renewable = string | (() => string);

export interface ServerAddress {
  /** `https://10.0.0.1:6443`; a path in it comes before that of each request. */
  server: string;
  /** PEM. Without it the machine's own list of authorities counts. */
  ca?: Renewable;
  /** PEM of the client certificate and its key. */
  cert?: Renewable;
  key?: Renewable;
  /** Name to expect in the server's certificate, where it isn't the host of `server`. */
  serverName?: string;
  insecureSkipTlsVerify?: boolean;
}

export function tlsOptions(address: ServerAddress) {
  const { hostname, port } = new URL(address.server);
  // IPv6 addresses stand in brackets in a URL.
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || 443),
    // RFC 6066 has no addresses in SNI.
    servername: address.serverName ?? (isIP(host) ? '' : host),
    ...(address.ca && { ca: read(address.ca) }),
    ...(address.cert && { cert: read(address.cert) }),
    ...(address.key && { key: read(address.key) }),
    rejectUnauthorized: !address.insecureSkipTlsVerify,
  };
}

export function read(value: Renewable): string {
  return typeof value === 'function' ? value() : value;
}
