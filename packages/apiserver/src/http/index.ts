// The HTTP adapter: HTTP/2 and HTTP/1.1 over TLS to `handle` and back.
import { constants } from 'node:crypto';
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { createSecureContext, createServer as createTls, DEFAULT_CIPHERS, type TLSSocket } from 'node:tls';
import { badRequest, requestEntityTooLarge } from '@kubets/api';
import { type Clock, errorMessage, type Logger, type Random } from '@kubets/base';
import { BlockPool, errorCode, type ServerConnection, type ServerStream } from '@kubets/http2';
import { serveSocket } from '@kubets/http2/socket/serve_socket.ts';
import { errorResult } from '../filters/panic.ts';
import type { Handler } from '../request.ts';
import { connectionOf } from './connection.ts';
import type { KubeletCredentials } from './dial.ts';
import { type Connection, HttpRequest } from './http_request.ts';
import { JoinedFrames } from './joined_frames.ts';
import { type ProxyContext, proxyRequest } from './proxy.ts';
import {
  type BodyBytes,
  type BodySource,
  Http1Body,
  Http2Body,
  maxBodyBytes,
  maxConnectionBytes,
  passesBodyOn,
} from './request_body.ts';
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

/** Watches of one client, each a stream, and what it asks beside them. */
const maxConcurrentStreams = 1_000;
/** As Go's servers take (http.DefaultMaxHeaderBytes): the command of an exec is in its path. */
const maxHeaderBytes = 1 << 20;

export async function serveHttp(options: ServeHttpOptions): Promise<HttpServer> {
  const { handle, clock, log, random } = options;
  const stop = new AbortController();
  const connections = new WeakMap<object, Connection>();
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerConnection>();
  const context: ProxyContext & { handle: Handler } = {
    handle,
    clock,
    log,
    requestId: () => random.uuid(),
    joined: new JoinedFrames(),
    kubelet: options.kubelet,
  };

  const pool = new BlockPool();
  const date = httpDate(clock);
  const serveHttp2 = (socket: TLSSocket) => {
    const connection = connectionOf(socket);
    const bodies: BodyBytes = { held: 0, most: maxConnectionBytes };
    const session = serveSocket(socket, {
      pool,
      clock,
      maxConcurrentStreams,
      maxHeaderListSize: maxHeaderBytes,
      serve: (stream) =>
        serveStream(context, stream, connection, bodies, date).catch((error) => {
          log.error('connection failed', { error: errorMessage(error) });
          stream.reset(errorCode.internalError);
        }),
    });
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  };

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
        if (socket.alpnProtocol === 'h2') serveHttp2(socket);
        else http1.emit('connection', socket);
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
    // The cheapest for machines that compute AES themselves, as Go's servers choose; for clients that don't, ChaCha.
    ciphers: `TLS_AES_128_GCM_SHA256:${DEFAULT_CIPHERS}`,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_PRIORITIZE_CHACHA,
  } as const;
  // Fails here, at start or renewal, rather than at the first connection.
  createSecureContext(options);
  return options;
}

function serveStream(
  context: ProxyContext & { handle: Handler },
  stream: ServerStream,
  connection: Connection,
  bodies: BodyBytes,
  date: () => string,
): Promise<void> {
  const { headers } = stream;
  return serve(
    context,
    headers[':method']!,
    headers[':path']!,
    headers,
    connection,
    stream.body && new Http2Body(stream, bodies),
    new Http2Responder(stream, date),
    (abort) => stream.onClose(abort),
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
    hasBody ? new Http1Body(message) : undefined,
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
  source: BodySource | undefined,
  out: Responder,
  onClose: (abort: () => void) => void,
): Promise<void> {
  const path = target.split('?', 1)[0]!;
  if (path.includes('%') && malformedEscape.test(path)) return refuseTarget(out);
  const passOn = passesBodyOn(path);
  const body = source && !passOn ? await source.readAll() : undefined;
  if (source && !passOn && body === undefined) return;
  const bytes = typeof body === 'string' ? undefined : body;
  const request = new HttpRequest(method, target, headers, bytes, connection);
  onClose(() => request.abort());
  if (body === 'too large') {
    const refusal = requestEntityTooLarge(`limit is ${maxBodyBytes}`);
    return respond(context, request, out, errorResult(refusal, []));
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
function headersOf(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  return headers as Readonly<Record<string, string>>;
}

function failed(log: Logger, stream: { destroy(): unknown }, error: unknown): void {
  log.error('connection failed', { error: errorMessage(error) });
  stream.destroy();
}

/** The date of answers, made once a second. */
function httpDate(clock: Clock): () => string {
  let second = -1;
  let text = '';
  return () => {
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}
