import { badRequest, statusError } from '@kubets/api';
import type { Clock, Ms } from '@kubets/base';
import { keepAlive } from './keep_alive.ts';
import { acceptedProtocolsHeader, listOf, streamProtocolHeader } from './negotiate.ts';
import { refuseUpgrade } from './refuse_upgrade.ts';
import type { SpdyHeaders } from './spdy/frames.ts';
import { SpdySession } from './spdy/session.ts';
import type { SpdyStream } from './spdy/stream.ts';
import type { UpgradeRequest } from './web_socket_accept.ts';

export interface AcceptSpdySessionOptions {
  request: UpgradeRequest;
  /** Subprotocols that are served. */
  protocols: readonly string[];
  clock: Clock;
  idleTimeoutMs: Ms;
  accept: (headers: SpdyHeaders) => boolean;
  onStream: (stream: SpdyStream) => void;
}

/** Answers an upgrade to SPDY/3.1. Undefined when it was refused; the client has been told then. */
export function acceptSpdy(
  options: AcceptSpdySessionOptions,
): { session: SpdySession; protocol: string } | undefined {
  const { socket, headers, head } = options.request;
  if (headers['upgrade']?.toLowerCase() !== 'spdy/3.1') {
    refuseUpgrade(socket, badRequest('unable to upgrade: missing upgrade headers in request'));
    return undefined;
  }
  const offered = listOf(headers[streamProtocolHeader]);
  if (offered.length === 0) {
    const message = `unable to upgrade: header X-Stream-Protocol-Version does not exist in request`;
    refuseUpgrade(socket, badRequest(message));
    return undefined;
  }
  const protocol = offered.find((name) => options.protocols.includes(name));
  if (protocol === undefined) {
    const [client, server] = [offered.join(' '), options.protocols.join(' ')];
    const message = `unable to upgrade: unable to negotiate protocol: client supports [${client}], server accepts [${server}]`;
    refuseUpgrade(socket, statusError(403, 'Forbidden', message), {
      [acceptedProtocolsHeader]: options.protocols.join(', '),
    });
    return undefined;
  }
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n' +
      `X-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  if (head.length > 0) socket.unshift(head);
  keepAlive(socket);
  const { clock, idleTimeoutMs, accept, onStream } = options;
  return {
    session: new SpdySession({ socket, side: 'server', clock, idleTimeoutMs, accept, onStream }),
    protocol,
  };
}
