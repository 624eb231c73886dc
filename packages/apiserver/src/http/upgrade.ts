// Upgraded connections (SPDY, WebSocket): bytes go both ways between the client and whoever it asked for.
import type { Duplex } from 'node:stream';
import { isApiError, serviceUnavailable } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { encodeAs } from '../encode/index.ts';
import type { ApiResult, Handler, ProxyTarget } from '../request.ts';
import { dial } from './dial.ts';
import type { HttpRequest } from './http_request.ts';
import { askFar, forwardedHeaders, type ProxyContext } from './proxy.ts';
import { joinSockets, sendOverWebSocket } from './streaming/index.ts';
import type { ServeStreaming } from './streaming_hook.ts';

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
  if (result.type !== 'proxy') return refuse(socket, result);
  const { target } = result;
  const webSocket = request.headers['upgrade']?.toLowerCase() === 'websocket';
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
    const { status } = isApiError(error)
      ? error
      : serviceUnavailable(`error dialing backend: ${errorMessage(error)}`);
    refuse(socket, { type: 'object', status: status.code ?? 500, object: status });
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
    const { status } = serviceUnavailable(`error dialing backend: ${errorMessage(error)}`);
    return refuse(socket, { type: 'object', status: status.code, object: status });
  }
  far.write(requestHead(request, target));
  if (head.length > 0) far.write(head);
  await joinSockets(far, socket, { clock: context.clock, signal: context.signal });
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

function refuse(socket: Duplex, result: ApiResult): void {
  const status = result.type === 'proxy' ? 500 : result.status;
  const object = result.type === 'object' ? result.object : { kind: 'Status', apiVersion: 'v1' };
  const { contentType, body } = encodeAs(object, { mediaType: 'json', as: 'object', version: 'v1' }, false);
  // An answer that isn't an upgrade: a request for a watch or an object over an upgraded connection is a mistake.
  const code = Math.max(status, 400);
  socket.write(
    `HTTP/1.1 ${code} ${code}\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`,
  );
  socket.end(body);
}
