// How probes and lifecycle hooks reach a pod over the network. `linux/` has the real one.

export interface HttpRequest {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  path: string;
  /** As they are to be sent; several of one name stay several. */
  headers: readonly (readonly [name: string, value: string])[];
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  /** At most the first 10 KiB. */
  body: string;
  /** Of a redirect to another host, which is not followed. */
  location?: string;
}

export interface ProbeIo {
  /** Follows redirects on the same host, ten at most; certificates are not checked. Rejects when nobody answers. */
  httpGet(request: HttpRequest): Promise<HttpAnswer>;
  /** Resolves when a connection can be made. */
  tcpConnect(target: { host: string; port: number; timeoutMs: number }): Promise<void>;
  /** The answer of grpc.health.v1.Health/Check, e.g. `SERVING`. Rejects when there is none. */
  grpcHealth(target: { host: string; port: number; service: string; timeoutMs: number }): Promise<string>;
}

/** For nodes without a network: everything answers well. */
export const agreeableProbeIo: ProbeIo = {
  httpGet: () => Promise.resolve({ status: 200, body: '' }),
  tcpConnect: () => Promise.resolve(),
  grpcHealth: () => Promise.resolve('SERVING'),
};
