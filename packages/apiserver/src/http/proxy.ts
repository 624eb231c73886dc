// Requests that go on to a kubelet, a pod or a service, over plain HTTP.
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { serviceUnavailable } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { errorResult } from '../filters/panic.ts';
import type { ProxyTarget } from '../request.ts';
import { dialTimeoutMs, type KubeletCredentials, tlsOptions } from './dial.ts';
import type { HttpRequest } from './http_request.ts';
import { isPlainHtml, readPage } from './proxied_page.ts';
import type { BodySource } from './request_body.ts';
import { type RespondContext, respond } from './respond.ts';
import type { Headers, Responder } from './responder.ts';
import { rewriteHtml, throughProxy } from './rewrite_html.ts';

export interface ProxyContext extends RespondContext {
  kubelet: KubeletCredentials | undefined;
}

// RFC 9110, 7.6.1: these concern one connection only. Credentials are for this server and nobody else.
const dropped = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'authorization',
]);

export async function proxyRequest(
  context: ProxyContext,
  request: HttpRequest,
  body: BodySource | undefined,
  target: ProxyTarget,
  out: Responder,
): Promise<void> {
  let answer: IncomingMessage;
  try {
    answer = await askFar(context, request, body, target);
  } catch (error) {
    const refusal = serviceUnavailable(`error trying to reach service: ${errorMessage(error)}`);
    return respond(context, request, out, errorResult(refusal, []));
  }
  const headers = answerHeaders(answer.headers, request, target);
  request.signal.addEventListener('abort', () => answer.destroy(), { once: true });
  try {
    const page = isPlainHtml(answer, target) ? await readPage(answer) : undefined;
    if (page?.isWhole) {
      const body = Buffer.from(
        rewriteHtml(page.bytes.toString('utf8'), (url) => rewrite(url, request, target)),
      );
      headers['content-length'] = body.length;
      out.head(answer.statusCode ?? 502, headers);
      out.end(body);
      return;
    }
    out.head(answer.statusCode ?? 502, headers);
    if (page) await out.write(page.bytes);
    for await (const chunk of answer) {
      const waiting = out.write(chunk as Buffer);
      if (waiting) await waiting;
      if (out.closed) break;
    }
    out.end();
  } catch {
    // The far end broke off in the middle: so does the answer, or the client would think it complete.
    out.destroy();
  } finally {
    answer.destroy();
  }
}

/** The far end's answer to the request, its head read. Rejects when it can't be reached. */
export function askFar(
  { kubelet }: ProxyContext,
  request: HttpRequest,
  body: BodySource | undefined,
  target: ProxyTarget,
): Promise<IncomingMessage> {
  const { url } = target;
  const secure = url.protocol === 'https:';
  // Node frames no body of a DELETE or GET by itself: the far end would take it for a request of its own.
  const framing: Record<string, string> =
    body && request.headers['content-length'] === undefined ? { 'transfer-encoding': 'chunked' } : {};
  return new Promise((resolve, reject) => {
    const send = secure ? requestHttps : requestHttp;
    const outgoing = send(url, {
      method: request.method,
      headers: { ...forwardedHeaders(request), ...hostFor(request, target), ...framing, ...target.headers },
      ...(secure ? tlsOptions(target, kubelet) : {}),
      agent: false,
      signal: request.signal,
    });
    const connecting = setTimeout(
      () => outgoing.destroy(new Error(`dial ${url.host}: i/o timeout`)),
      dialTimeoutMs,
    );
    outgoing.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
    });
    outgoing.on('close', () => clearTimeout(connecting));
    outgoing.on('error', reject);
    outgoing.on('response', resolve);
    if (body) body.asReadable().pipe(outgoing);
    else outgoing.end();
  });
}

/** What the far end is told of the client's headers. */
export function forwardedHeaders({ headers, remoteAddress }: HttpRequest): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || dropped.has(name) || name.startsWith('impersonate-')) continue;
    forwarded[name] = value;
  }
  const before = headers['x-forwarded-for'];
  if (remoteAddress) forwarded['x-forwarded-for'] = before ? `${before}, ${remoteAddress}` : remoteAddress;
  return forwarded;
}

/** Pods and services are told by which name and path they were asked. */
function hostFor({ headers, path }: HttpRequest, { as }: ProxyTarget): Record<string, string> {
  const host = headers[':authority'] ?? headers['host'];
  return as === 'plain' ? { ...(host && { host }), 'x-forwarded-uri': path } : {};
}

function answerHeaders(
  headers: IncomingMessage['headers'],
  request: HttpRequest,
  target: ProxyTarget,
): Headers {
  const kept: Headers = { 'cache-control': 'no-cache, private' };
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !dropped.has(name)) kept[name] = value;
  if (typeof kept['location'] === 'string') kept['location'] = rewrite(kept['location'], request, target);
  return kept;
}

/** A link or redirect within the proxied host has to stay within the proxy's path. */
function rewrite(url: string, { path }: HttpRequest, { url: far }: ProxyTarget): string {
  if (!path.endsWith(far.pathname)) return url;
  return throughProxy(url, { host: far.host, prefix: path.slice(0, path.length - far.pathname.length) });
}
