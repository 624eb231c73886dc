// Watches over WebSocket: one message for each event, as browsers like it.
import type { Duplex } from 'node:stream';
import { encodeWatch, negotiateWatch } from '../encode/index.ts';
import type { ApiResult } from '../request.ts';
import type { HttpRequest } from './http_request.ts';
import type { RespondContext } from './respond.ts';
import { acceptWebSocket } from './streaming/web_socket_accept.ts';

/** Length before each protobuf frame; a message knows its own. */
const frameHeaderBytes = 4;

/** @throws ApiError when the handshake or the media type is refused: nothing has been answered then. */
export async function watchOverWebSocket(
  context: RespondContext,
  request: HttpRequest,
  socket: Duplex,
  head: Uint8Array,
  result: ApiResult & { type: 'watch' },
): Promise<void> {
  const form = negotiateWatch(request.headers['accept']);
  const nowMs = context.clock.now();
  const options = { form, includeObject: 'Metadata' as const, pretty: false, nowMs };
  const { frame } = encodeWatch(result, options, () => context.clock.now());
  const binary = form.mediaType === 'protobuf';
  const webSocket = await acceptWebSocket({ headers: request.headers, socket, head }, '');
  const { observer } = request;
  let open = true;
  webSocket.on('error', () => webSocket.terminate());
  // Clients have nothing to say here.
  webSocket.on('message', () => {});
  webSocket.once('close', () => {
    open = false;
    request.abort();
  });
  for await (const events of result.events) {
    for (const event of events) {
      if (!open) return;
      const bytes = frame(event);
      observer?.event?.(bytes.length);
      await new Promise((sent) =>
        webSocket.send(binary ? bytes.subarray(frameHeaderBytes) : bytes, { binary }, sent),
      );
    }
  }
  webSocket.close(1000);
}
