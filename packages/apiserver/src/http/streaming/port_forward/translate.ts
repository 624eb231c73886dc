// Port forwarding of WebSocket clients without SPDY: ports in the query, two channels for each, of which the
// first message is the port (upstream's kubelet, `v4.channel.k8s.io`).

import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Clock, errorMessage } from '@kubets/base';
import type { StreamingUpgrade } from '../../streaming_hook.ts';
import { dialSpdy, upgradeFailure } from '../dial_spdy.ts';
import { streamingIdleTimeoutMs } from '../idle_timer.ts';
import { chooseWebSocketProtocol } from '../negotiate.ts';
import { SpdySession } from '../spdy/session.ts';
import { acceptWebSocket } from '../web_socket_accept.ts';
import { WebSocketChannels } from '../web_socket_channels.ts';
import { type PortForwardHeaders, portForwardProtocol, portsOf } from './port_forward.ts';

const webSocketProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/** Resolves when both sides are closed. @throws ApiError when it is refused: nothing has been answered then. */
export async function translatePortForward(upgrade: StreamingUpgrade, clock: Clock): Promise<void> {
  const { url, headers } = upgrade.target;
  const ports = portsOf(url.searchParams);
  const protocol = chooseWebSocketProtocol(upgrade.headers, webSocketProtocols);
  const dial = { url, headers, dial: () => upgrade.dial(), protocols: [portForwardProtocol], clock };
  const { socket } = await dialSpdy(dial).catch((error) => {
    throw upgradeFailure(error);
  });
  const session = new SpdySession({ socket, side: 'client', clock });
  try {
    const channels = new WebSocketChannels({
      webSocket: await acceptWebSocket(upgrade, protocol),
      encoding: protocol.includes('base64') ? 'base64' : 'binary',
      closeSignals: false,
      clock,
      idleTimeoutMs: streamingIdleTimeoutMs,
    });
    const stop = () => channels.terminate();
    upgrade.signal.addEventListener('abort', stop, { once: true });
    if (upgrade.signal.aborted) stop();
    const gone = channels.closed.then(() => session.destroy());
    await Promise.all(ports.map((port, index) => forwardPort(session, channels, port, index)));
    await channels.close();
    await gone;
    upgrade.signal.removeEventListener('abort', stop);
  } finally {
    session.destroy();
  }
}

async function forwardPort(
  session: SpdySession,
  channels: WebSocketChannels,
  port: number,
  index: number,
): Promise<void> {
  const input = channels.readable(index * 2);
  const output = channels.writable(index * 2);
  const errors = channels.writable(index * 2 + 1);
  const portBytes = Buffer.alloc(2);
  portBytes.writeUInt16LE(port);
  output.write(portBytes);
  errors.write(portBytes);
  try {
    const of = { port: String(port), requestID: String(index) };
    const open = (streamType: PortForwardHeaders['streamType']) => session.openStream({ streamType, ...of });
    const [error, data] = await Promise.all([open('error'), open('data')]);
    error.end();
    await Promise.all([
      pipeline(input, data).catch(() => {}),
      pipeline(data, output)
        .catch(() => {})
        .then(() => input.destroy()),
      pipeline(error, errors).catch(() => {}),
    ]);
  } catch (error) {
    await writeLast(errors, `error forwarding port ${port}: ${errorMessage(error)}`);
  }
}

function writeLast(writable: Writable, text: string): Promise<void> {
  return new Promise((resolve) => writable.write(text, () => resolve()));
}
