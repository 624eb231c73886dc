import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest } from '@kubets/api';
import { type WebSocket, WebSocketServer } from 'ws';

/** The longest message that a client may send, as upstream's server. */
const maxMessageBytes = 32 * 1024 * 1024;

/** What an upgrade request leaves: its headers and the connection behind it. Nothing has been answered yet. */
export interface UpgradeRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly socket: Duplex;
  /** Bytes that came with the request. */
  readonly head: Uint8Array;
}

/**
 * Answers a WebSocket handshake. @throws ApiError 400 when it is not a proper one; nothing has been answered then.
 *
 * `ws` never sees the client's list of subprotocols: it refuses names that are no HTTP token, and Kubernetes has
 * one, `SPDY/3.1+portforward.k8s.io`.
 */
export function acceptWebSocket(request: UpgradeRequest, protocol: string): Promise<WebSocket> {
  const { 'sec-websocket-protocol': _list, ...headers } = request.headers;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });
  server.on('headers', (lines) => {
    if (protocol !== '') lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  return new Promise((resolve, reject) => {
    const { socket, head } = request;
    if (!socket.readable || !socket.writable) return reject(new Error('the client has gone'));
    server.on('wsClientError', (error) => reject(badRequest(`unable to upgrade: ${error.message}`)));
    const message = { method: 'GET', url: '/', headers, socket } as unknown as IncomingMessage;
    server.handleUpgrade(message, socket, Buffer.from(head), resolve);
  });
}
