// Bytes of one answer over WebSocket, e.g. `pods/log` for browsers (upstream's wsstream.Reader).
import type { Clock } from '@kubets/base';
import { IdleTimer } from './idle_timer.ts';
import { chooseWebSocketProtocol } from './negotiate.ts';
import { acceptWebSocket, type UpgradeRequest } from './web_socket_accept.ts';

const readerProtocols = ['binary.k8s.io', 'base64.binary.k8s.io'];

/** As upstream's streamer of logs. */
const idleTimeoutMs = 30_000;

/**
 * Sends `chunks` one message each, and closes. Ends early when the client goes or takes nothing for a while.
 * @throws ApiError when the handshake is refused: nothing has been answered then.
 */
export async function sendOverWebSocket(
  request: UpgradeRequest,
  chunks: AsyncIterable<Uint8Array>,
  clock: Clock,
): Promise<void> {
  const protocol = chooseWebSocketProtocol(request.headers, readerProtocols);
  const webSocket = await acceptWebSocket(request, protocol);
  const closed = new Promise<void>((resolve) => webSocket.once('close', () => resolve()));
  webSocket.on('error', () => webSocket.terminate());
  const base64 = protocol === 'base64.binary.k8s.io';
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const stuck = new IdleTimer({ clock, timeoutMs: idleTimeoutMs, expire: () => webSocket.terminate() });
    const failure = await new Promise((done) =>
      webSocket.send(base64 ? bytes.toString('base64') : bytes, { binary: !base64 }, done),
    );
    stuck.stop();
    if (failure) break;
  }
  webSocket.close(1000);
  await closed;
}
