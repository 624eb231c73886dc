import type { Clock, Ms } from '@kubets/base';
import { chooseWebSocketProtocol, isWebSocketUpgrade } from '../negotiate.ts';
import { refuseUpgrade } from '../refuse_upgrade.ts';
import type { UpgradeRequest } from '../web_socket_accept.ts';
import { acceptSpdyRemoteCommand } from './accept_spdy.ts';
import { acceptWebSocketRemoteCommand, remoteCommandWebSocketProtocols } from './accept_web_socket.ts';
import type { RemoteCommand, RemoteCommandOptions } from './remote_command.ts';

export interface AcceptRemoteCommandOptions {
  request: UpgradeRequest;
  /** See `remoteCommandOptions(url.searchParams)`. */
  options: RemoteCommandOptions;
  clock: Clock;
  idleTimeoutMs?: Ms;
}

/**
 * The server's side of exec and attach, for who runs the command itself: SPDY v1 to v4, WebSocket v1, v4 and v5.
 * Undefined when there is nothing to serve: the request was refused, and answered, or the client went away.
 */
export async function acceptRemoteCommand(
  accept: AcceptRemoteCommandOptions,
): Promise<RemoteCommand | undefined> {
  const { headers, socket } = accept.request;
  if (!isWebSocketUpgrade(headers)) return acceptSpdyRemoteCommand(accept);
  try {
    const protocol = chooseWebSocketProtocol(headers, remoteCommandWebSocketProtocols);
    return await acceptWebSocketRemoteCommand({ ...accept, protocol });
  } catch (error) {
    refuseUpgrade(socket, error);
    return undefined;
  }
}
