import { badRequest } from '@kubets/api';
import { listOf } from '../negotiate.ts';

/** The subprotocol of port forwarding in SPDY. */
export const portForwardProtocol = 'portforward.k8s.io';

/** How it is asked for inside a WebSocket (KEP-4006): binary messages are the bytes of a SPDY connection. */
export const tunnelPrefix = 'SPDY/3.1+';

/** Headers of the two streams of each forwarded connection. */
export interface PortForwardHeaders {
  streamType: 'data' | 'error';
  port: string;
  /** The same for the two streams of one connection. */
  requestID: string;
}

/** A port number, or undefined. */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Ports in the query, for clients that can't open streams as they go. @throws ApiError 400 */
export function portsOf(query: URLSearchParams): number[] {
  const texts = query.getAll('port').flatMap(listOf);
  if (texts.length === 0) throw badRequest('query parameter "port" is required');
  return texts.map((text) => {
    const port = readPort(text);
    if (port === undefined) throw badRequest(`unable to parse "${text}" as a port`);
    return port;
  });
}
