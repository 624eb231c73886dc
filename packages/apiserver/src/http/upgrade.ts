// Upgraded connections (SPDY, WebSocket): bytes go both ways between the client and whoever it asked for.
import type { Duplex } from 'node:stream';
import { type ApiError, isApiError, serviceUnavailable } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { errorResult } from '../filters/panic.ts';
import type { Handler, ProxyTarget } from '../request.ts';
import { dial } from './dial.ts';
import type { HttpRequest } from './http_request.ts';
import { askFar, forwardedHeaders, type ProxyContext } from './proxy.ts';
import { respond } from './respond.ts';
import { SocketResponder } from './socket_responder.ts';
import { joinSockets, sendOverWebSocket } from './streaming/index.ts';
import type { ServeStreaming } from './streaming_hook.ts';
import { watchOverWebSocket } from './watch_over_web_socket.ts';

export interface UpgradeContext extends ProxyContext {
  handle: Handler;
  serveStreaming: ServeStreaming | undefined;
  signal: AbortSignal;
}

export async function serveUpgrade(
  context: UpgradeContext,
  request: HttpRequest,
  socket: Duplex,
  head: Uint8Array,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  socket.once('close', () => request.abort());
  const result = await context.handle(request);
  const webSocket = request.headers['upgrade']?.toLowerCase() === 'websocket';
  const out = new SocketResponder(socket);
  if (result.type === 'watch' && webSocket) {
    try {
      return await watchOverWebSocket(context, request, socket, head, result);
    } catch (error) {
      if (!isApiError(error)) throw error;
      return respond(context, request, out, errorResult(error, []));
    }
  }
  // Nothing to upgrade to: the answer is the one without an upgrade.
  if (result.type !== 'proxy') return respond(context, request, out, result);
  const { target } = result;
  if (webSocket && target.protocol !== 'http' && context.serveStreaming) {
    const { headers } = request;
    const { signal } = context;
    await context.serveStreaming({
      target,
      headers,
      socket,
      head,
      dial: () => dial(target, context.kubelet),
      signal,
    });
    return;
  }
  if (webSocket && target.as === 'kubelet' && target.url.pathname.startsWith('/containerLogs/')) {
    await sendLogs(context, request, socket, head, target);
    return;
  }
  await tunnel(context, request, socket, head, target);
}

/** The kubelet speaks plain HTTP here: what it answers goes to the client as messages (pods/log over WebSocket). */
async function sendLogs(
  context: UpgradeContext,
  request: HttpRequest,
  socket: Duplex,
  head: Uint8Array,
  target: ProxyTarget,
): Promise<void> {
  try {
    const answer = await askFar(context, request, undefined, target);
    request.signal.addEventListener('abort', () => answer.destroy(), { once: true });
    await sendOverWebSocket({ headers: request.headers, socket, head }, answer, context.clock);
  } catch (error) {
    const refusal = isApiError(error) ? error : unreachable(error);
    await respond(context, request, new SocketResponder(socket), errorResult(refusal, []));
  }
}

async function tunnel(
  context: UpgradeContext,
  request: HttpRequest,
  socket: Duplex,
  head: Uint8Array,
  target: ProxyTarget,
): Promise<void> {
  let far: Duplex;
  try {
    far = await dial(target, context.kubelet);
  } catch (error) {
    return respond(context, request, new SocketResponder(socket), errorResult(unreachable(error), []));
  }
  far.write(requestHead(request, target));
  if (head.length > 0) far.write(head);
  await joinSockets(far, socket, { clock: context.clock, signal: context.signal });
}

function unreachable(error: unknown): ApiError {
  return serviceUnavailable(`error dialing backend: ${errorMessage(error)}`);
}

// The client's own request, to the target's path: the far end answers the upgrade itself.
function requestHead(request: HttpRequest, target: ProxyTarget): string {
  const { url } = target;
  const headers: Record<string, string> = {
    ...forwardedHeaders(request),
    host: url.host,
    connection: 'Upgrade',
    upgrade: request.headers['upgrade'] ?? '',
    ...target.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${request.method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
