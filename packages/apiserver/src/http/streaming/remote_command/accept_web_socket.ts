import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Clock, Ms } from '@kubets/base';
import { streamingIdleTimeoutMs } from '../idle_timer.ts';
import { acceptWebSocket, type UpgradeRequest } from '../web_socket_accept.ts';
import { WebSocketChannels } from '../web_socket_channels.ts';
import {
  encodeStatus,
  type RemoteCommand,
  type RemoteCommandOptions,
  remoteCommandProtocols,
} from './remote_command.ts';

const { v1, v4, v5 } = remoteCommandProtocols;

/** Subprotocols of exec and attach over WebSocket; none asked for is v1 in binary messages. */
export const remoteCommandWebSocketProtocols = [v5, v4, `v4.base64.${v1}`, v1, `base64.${v1}`];

const channelOf = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 };

export interface AcceptWebSocketOptions {
  request: UpgradeRequest;
  /** One of `remoteCommandWebSocketProtocols`, or ''. */
  protocol: string;
  options: RemoteCommandOptions;
  clock: Clock;
  idleTimeoutMs?: Ms;
}

/** @throws ApiError 400 when the handshake is not a proper one; nothing has been answered then. */
export async function acceptWebSocketRemoteCommand({
  request,
  protocol,
  options,
  clock,
  idleTimeoutMs = streamingIdleTimeoutMs,
}: AcceptWebSocketOptions): Promise<RemoteCommand> {
  const webSocket = await acceptWebSocket(request, protocol);
  const channels = new WebSocketChannels({
    webSocket,
    encoding: protocol.includes('base64.') ? 'base64' : 'binary',
    closeSignals: protocol === v5,
    clock,
    idleTimeoutMs,
  });
  const { stdin, stdout, stderr, tty } = options;
  const writables: Writable[] = [];
  const writable = (channel: number) => {
    const made = channels.writable(channel);
    writables.push(made);
    return made;
  };
  const error = writable(channelOf.error);
  channels.announce(stdout ? channelOf.stdout : stderr ? channelOf.stderr : channelOf.error);
  return {
    stdin: stdin ? channels.readable(channelOf.stdin) : undefined,
    stdout: stdout ? writable(channelOf.stdout) : undefined,
    stderr: stderr ? writable(channelOf.stderr) : undefined,
    resize: tty ? channels.readable(channelOf.resize) : undefined,
    tty,
    async writeStatus(status) {
      const bytes = encodeStatus(status, protocol === v5 || protocol.startsWith('v4.'));
      if (bytes.length > 0) error.write(bytes);
    },
    async close() {
      await Promise.all(writables.map(writtenToTheEnd));
      await channels.close();
    },
    destroy: () => channels.terminate(),
    closed: channels.closed,
  };
}

function writtenToTheEnd(writable: Writable): Promise<void> {
  writable.end();
  // A client that has gone gets nothing more.
  return finished(writable).catch(() => {});
}
