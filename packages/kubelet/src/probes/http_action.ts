// The request that an httpGet probe or hook makes.
import type { Container, HTTPGetAction } from '@kubets/api';
import type { HttpRequest } from './probe_io.ts';

export interface HttpActionOptions {
  action: HTTPGetAction;
  container: Container;
  podIP: string;
  timeoutMs: number;
  /** `kube-probe/1.36` or `kube-lifecycle/1.36`. */
  userAgent: string;
}

export function httpRequest(options: HttpActionOptions): HttpRequest {
  const { action, container, podIP, timeoutMs, userAgent } = options;
  const headers: [string, string][] = (action.httpHeaders ?? []).map(({ name, value }) => [name, value]);
  const sets = (name: string) => headers.some(([key]) => key.toLowerCase() === name);
  // An empty value takes the header away.
  if (!sets('user-agent')) headers.push(['User-Agent', userAgent]);
  if (!sets('accept')) headers.push(['Accept', '*/*']);
  const path = action.path ?? '';
  return {
    scheme: action.scheme?.toLowerCase() === 'https' ? 'https' : 'http',
    host: action.host || podIP,
    port: resolvePort(action.port, container),
    path: path.startsWith('/') ? path : `/${path}`,
    headers: headers.filter(([, value]) => value !== ''),
    timeoutMs,
  };
}

/** A number, or the container's port of that name. */
export function resolvePort(port: number | string, container: Container): number {
  const number =
    typeof port === 'number' || /^\d+$/.test(port)
      ? Number(port)
      : container.ports?.find(({ name }) => name === port)?.containerPort;
  if (number === undefined) throw new Error(`couldn't find port: ${port} in container ${container.name}`);
  if (number < 1 || number > 65_535) throw new Error(`invalid port number: ${number}`);
  return number;
}
