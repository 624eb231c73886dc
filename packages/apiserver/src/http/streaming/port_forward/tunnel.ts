// Port forwarding of kubectl since 1.31: a SPDY connection inside a WebSocket, handed on as it is (upstream's
// StreamTunnelingHandler).
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@kubets/base';
import { createWebSocketStream } from 'ws';
import type { StreamingUpgrade } from '../../streaming_hook.ts';
import { dialSpdy, upgradeFailure } from '../dial_spdy.ts';
import { IdleTimer, streamingIdleTimeoutMs } from '../idle_timer.ts';
import { listOf } from '../negotiate.ts';
import { acceptWebSocket } from '../web_socket_accept.ts';
import { tunnelPrefix } from './port_forward.ts';

/** SPDY subprotocols that the client wants tunnelled. */
export function tunnelledProtocols(headers: Readonly<Record<string, string>>): string[] {
  return listOf(headers['sec-websocket-protocol'])
    .filter((name) => name.startsWith(tunnelPrefix) && name.endsWith('.k8s.io'))
    .map((name) => name.slice(tunnelPrefix.length));
}

/** Resolves when both sides are closed. @throws ApiError when it is refused: nothing has been answered then. */
export async function tunnelPortForward(upgrade: StreamingUpgrade, clock: Clock): Promise<void> {
  const { url, headers } = upgrade.target;
  const protocols = tunnelledProtocols(upgrade.headers);
  const { socket, protocol } = await dialSpdy({
    url,
    headers,
    dial: () => upgrade.dial(),
    protocols,
    clock,
  }).catch((error) => {
    throw upgradeFailure(error);
  });
  try {
    const webSocket = await acceptWebSocket(upgrade, protocol && tunnelPrefix + protocol);
    const client = createWebSocketStream(webSocket);
    const stop = () => webSocket.terminate();
    const idle = new IdleTimer({ clock, timeoutMs: streamingIdleTimeoutMs, expire: stop });
    for (const side of [client, socket]) side.on('data', () => idle.touch());
    upgrade.signal.addEventListener('abort', stop, { once: true });
    if (upgrade.signal.aborted) stop();
    const closed = new Promise((resolve) => webSocket.once('close', resolve));
    // Whichever side ends first, the other can't go on: half of a SPDY connection is none.
    const ended = Promise.race([
      pipeline(socket, client).catch(() => {}),
      pipeline(client, socket).catch(() => {}),
    ]);
    await ended;
    webSocket.close(1000);
    socket.end();
    await closed;
    idle.stop();
    upgrade.signal.removeEventListener('abort', stop);
  } finally {
    socket.destroy();
  }
}
