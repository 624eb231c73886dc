// The HTTP adapter: HTTP/2 and HTTP/1.1 over TLS to `handle` and back.
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { createSecureContext, createServer as createTls, type TLSSocket } from 'node:tls';
import { badRequest, requestEntityTooLarge } from '@kubets/api';
import { type Clock, errorMessage, type Logger, type Random } from '@kubets/base';
import { errorResult } from '../filters/panic.ts';
import type { Handler } from '../request.ts';
import { connectionOf } from './connection.ts';
import type { KubeletCredentials } from './dial.ts';
import { type Connection, HttpRequest } from './http_request.ts';
import { JoinedFrames } from './joined_frames.ts';
import { type ProxyContext, proxyRequest } from './proxy.ts';
import { maxBodyBytes, passesBodyOn, readBody } from './request_body.ts';
import { respond } from './respond.ts';
import { Http1Responder, Http2Responder, type Responder } from './responder.ts';
import type { ServeStreaming } from './streaming_hook.ts';
import { serveUpgrade } from './upgrade.ts';

export type { KubeletCredentials } from './dial.ts';
export type { ServeStreaming, StreamingUpgrade } from './streaming_hook.ts';

export interface TlsMaterial {
  /** PEM, leaf first. */
  cert: string | Uint8Array;
  key: string | Uint8Array;
  /** PEM of the CAs whose client certificates are users. */
  clientCa?: string | Uint8Array;
}

export interface ServeHttpOptions {
  handle: Handler;
  /** Undefined: plain HTTP/1.1, for tests on loopback. */
  tls: TlsMaterial | undefined;
  host: string;
  /** 0: any free port. */
  port: number;
  clock: Clock;
  random: Random;
  log: Logger;
  kubelet?: KubeletCredentials;
  serveStreaming?: ServeStreaming;
}

export interface HttpServer {
  readonly port: number;
  /** New certificates for new connections. */
  renew(tls: TlsMaterial): void;
  /** Stops listening, lets requests finish for a moment, then breaks what is left. */
  close(graceMs?: number): Promise<void>;
}

const maxSessionMegabytes = 256;
/** As Go's servers take (http.DefaultMaxHeaderBytes): the command of an exec is in its path. */
const maxHeaderBytes = 1 << 20;

export async function serveHttp(options: ServeHttpOptions): Promise<HttpServer> {
  const { handle, clock, log, random } = options;
  const stop = new AbortController();
  const connections = new WeakMap<object, Connection>();
  const sockets = new Set<Socket>();
  const sessions = new Set<Http2Session>();
  const context: ProxyContext & { handle: Handler } = {
    handle,
    clock,
    log,
    requestId: () => random.uuid(),
    joined: new JoinedFrames(),
    kubelet: options.kubelet,
  };

  const http2 = createHttp2({
    settings: { maxConcurrentStreams: 1_000, maxHeaderListSize: maxHeaderBytes },
    // A client that lists large collections on one connection has more under way than the 10 MB of the default,
    // beyond which its requests would be refused.
    maxSessionMemory: maxSessionMegabytes,
  });
  http2.on('session', (session) => {
    connections.set(session, connectionOf(session.socket as TLSSocket));
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
  });
  http2.on('stream', (stream, headers) => {
    const connection = connections.get(stream.session!)!;
    serveStream(context, stream, headers, connection).catch((error) => failed(log, stream, error));
  });

  // Idle connections of clients that pool them stay open longer than a load balancer's or client's own limit.
  const http1 = createHttp1({
    keepAliveTimeout: 120_000,
    requestTimeout: 0,
    maxHeaderSize: maxHeaderBytes,
  });
  http1.on('connection', (socket) => connections.set(socket, connectionOf(socket)));
  http1.on('request', (request, response) => {
    const connection = connections.get(request.socket)!;
    serveMessage(context, request, response, connection).catch((error) => failed(log, response, error));
  });
  http1.on('upgrade', (message, socket, head) => {
    const connection = connections.get(message.socket)!;
    const request = new HttpRequest(
      message.method!,
      message.url!,
      headersOf(message.headers),
      undefined,
      connection,
    );
    const upgrade = { ...context, serveStreaming: options.serveStreaming, signal: stop.signal };
    serveUpgrade(upgrade, request, socket, head).catch((error) => failed(log, socket, error));
  });

  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
  };
  const listener = options.tls
    ? createTls({ ...tlsOptions(options.tls), ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
        accept(socket);
        (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket);
      })
    : createTcp((socket) => {
        accept(socket);
        http1.emit('connection', socket);
      });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port, options.host, resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    renew(tls) {
      if ('setSecureContext' in listener) listener.setSecureContext(tlsOptions(tls));
    },
    async close(graceMs = 2_000) {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      stop.abort();
      for (const session of sessions) session.close();
      http1.closeIdleConnections();
      const cancel = clock.after(graceMs, () => {
        for (const socket of sockets) socket.destroy();
      });
      await closed;
      cancel();
    },
  };
}

function tlsOptions({ cert, key, clientCa }: TlsMaterial) {
  const options = {
    cert: Buffer.from(cert),
    key: Buffer.from(key),
    ...(clientCa && { ca: Buffer.from(clientCa) }),
    // Anyone may connect; who shows a certificate of our CA is the user that it names.
    requestCert: clientCa !== undefined,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
  } as const;
  // Fails here, at start or renewal, rather than at the first connection.
  createSecureContext(options);
  return options;
}

async function serveStream(
  context: ProxyContext & { handle: Handler },
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  connection: Connection,
): Promise<void> {
  stream.on('error', () => {});
  const method = headers[':method']!;
  const target = headers[':path']!;
  const hasBody = !stream.endAfterHeaders;
  const out = new Http2Responder(stream);
  await serve(
    context,
    method,
    target,
    headersOf(headers),
    connection,
    hasBody ? stream : undefined,
    out,
    (abort) => stream.once('close', abort),
  );
}

async function serveMessage(
  context: ProxyContext & { handle: Handler },
  message: IncomingMessage,
  response: ServerResponse,
  connection: Connection,
): Promise<void> {
  const { method, url, headers } = message;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  const out = new Http1Responder(response);
  await serve(
    context,
    method!,
    url!,
    headersOf(headers),
    connection,
    hasBody ? message : undefined,
    out,
    (abort) => response.once('close', abort),
  );
}

async function serve(
  context: ProxyContext & { handle: Handler },
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  connection: Connection,
  source: ServerHttp2Stream | IncomingMessage | undefined,
  out: Responder,
  onClose: (abort: () => void) => void,
): Promise<void> {
  const path = target.split('?', 1)[0]!;
  if (path.includes('%') && malformedEscape.test(path)) return refuseTarget(out);
  const passOn = passesBodyOn(path);
  const body = source && !passOn ? await readBody(source) : undefined;
  if (source && !passOn && body === undefined) return;
  const bytes = typeof body === 'string' ? undefined : body;
  const request = new HttpRequest(method, target, headers, bytes, connection);
  onClose(() => request.abort());
  if (body === 'too large') {
    const { status } = requestEntityTooLarge(`limit is ${maxBodyBytes}`);
    return respond(context, request, out, { type: 'object', status: status.code, object: status });
  }
  const result = await context.handle(request);
  if (result.type === 'proxy') {
    // Streams need a connection of their own (KEP-4006).
    if (result.target.protocol === 'http') await proxyRequest(context, request, source, result.target, out);
    else await respond(context, request, out, errorResult(badRequest('Upgrade request required'), []));
  } else await respond(context, request, out, result);
}

const malformedEscape = /%(?![0-9a-fA-F]{2})/;

/** For a target that is no URL, in the words of Go's server. */
function refuseTarget(out: Responder): void {
  out.head(400, { 'content-type': 'text/plain; charset=utf-8', 'content-length': 15 });
  out.end(Buffer.from('400 Bad Request'));
}

// Node joins repeated headers already, but for set-cookie, which no client sends.
function headersOf(
  headers: IncomingMessage['headers'] | IncomingHttpHeaders,
): Readonly<Record<string, string>> {
  return headers as Readonly<Record<string, string>>;
}

function failed(log: Logger, stream: { destroy(): unknown }, error: unknown): void {
  log.error('connection failed', { error: errorMessage(error) });
  stream.destroy();
}
