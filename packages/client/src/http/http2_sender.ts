import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type HttpAnswer, type HttpRequest, type HttpSender, transportError } from './http_message.ts';
import { type ServerAddress, tlsOptions } from './tls_options.ts';

const connectTimeoutMs = 30_000;
/** As client-go: a connection that says nothing for 30 s is asked, and has 15 s to answer. */
const pingPeriodMs = 30_000;
const pingTimeoutMs = 15_000;
/** Lists come without waiting for a round trip every 64 KiB, which is HTTP/2's default window. */
const streamWindowBytes = 4 * 1024 * 1024;
const connectionWindowBytes = 16 * 1024 * 1024;

const maxAttempts = 3;

/** Thrown when the server doesn't speak HTTP/2. */
export class NotHttp2Error extends Error {}

/** All requests over one connection, which is made on demand and again after it broke. */
export function http2Sender(address: ServerAddress): HttpSender {
  let session: Promise<ClientHttp2Session> | undefined;
  const open = new Set<ClientHttp2Session>();

  function current(): Promise<ClientHttp2Session> {
    if (session) return session;
    const opening = openSession(address);
    session = opening;
    const forget = () => {
      if (session === opening) session = undefined;
    };
    opening.then((opened) => {
      open.add(opened);
      opened.once('goaway', forget);
      opened.once('close', () => {
        open.delete(opened);
        forget();
      });
      if (opened.destroyed) forget();
    }, forget);
    return opening;
  }

  /** Lets the streams that are open go on to their end; the next request uses another connection. */
  function leave(old: Promise<ClientHttp2Session>): void {
    if (session === old) session = undefined;
    old.then((opened) => opened.close()).catch(() => {});
  }

  return {
    async send(request) {
      for (let attempt = 1; ; attempt++) {
        const reused = session !== undefined;
        const used = current();
        try {
          return await sendOn(await used, request);
        } catch (error) {
          if (request.signal?.aborted || error instanceof NotHttp2Error) throw error;
          const refused = wasNotActedOn(error);
          if (refused) leave(used);
          // The server may have closed an idle connection just now; reading again does no harm.
          const again = refused || (reused && request.method === 'GET');
          if (attempt >= maxAttempts || !again) throw transportError(error);
        }
      }
    },
    reconnect() {
      if (session) leave(session);
    },
    close() {
      session = undefined;
      for (const opened of open) opened.destroy();
    },
  };
}

/** True when the server, or this side of the connection, says that the request was not worked on (RFC 9113, 8.7). */
function wasNotActedOn(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ERR_HTTP2_GOAWAY_SESSION' || code === 'ERR_HTTP2_INVALID_SESSION') return true;
  return code === 'ERR_HTTP2_STREAM_ERROR' && message!.includes('NGHTTP2_REFUSED_STREAM');
}

async function openSession(address: ServerAddress): Promise<ClientHttp2Session> {
  const socket = await openTls(address);
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    throw new NotHttp2Error('the server does not speak HTTP/2');
  }
  const session = connect(address.server, {
    createConnection: () => socket,
    settings: { initialWindowSize: streamWindowBytes, enablePush: false },
    // Large lists side by side must not run into the 10 MB of the default.
    maxSessionMemory: 256,
  });
  session.setLocalWindowSize(connectionWindowBytes);
  // Its streams fail with it, and tell.
  session.on('error', () => {});
  let late: NodeJS.Timeout | undefined;
  const pings = setInterval(() => {
    clearTimeout(late);
    late = setTimeout(() => session.destroy(new Error('no answer to a ping')), pingTimeoutMs);
    session.ping(() => clearTimeout(late));
  }, pingPeriodMs);
  session.once('close', () => {
    clearInterval(pings);
    clearTimeout(late);
  });
  return session;
}

function openTls(address: ServerAddress): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ ...tlsOptions(address), ALPNProtocols: ['h2', 'http/1.1'] });
    socket.setTimeout(connectTimeoutMs, () => {
      socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function sendOn(session: ClientHttp2Session, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, body, signal } = request;
    if (signal?.aborted) return reject(signal.reason);
    const stream = session.request(
      { ...headers, ':method': method, ':path': path },
      { endStream: body === undefined },
    );
    const onAbort = () => {
      reject(signal!.reason);
      stream.close(constants.NGHTTP2_CANCEL);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    stream.once('close', () => {
      signal?.removeEventListener('abort', onAbort);
      reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
    });
    stream.once('error', reject);
    stream.once('response', ({ ':status': status, ...answer }) => {
      resolve({ status: status!, headers: answer as HttpAnswer['headers'], body: wholeBody(stream) });
    });
    if (body !== undefined) stream.end(body);
  });
}

/** A stream whose connection broke looks like one that ended, but for this. */
async function* wholeBody(stream: ClientHttp2Stream): AsyncGenerator<Buffer, void> {
  yield* stream;
  if (!stream.readableEnded) {
    throw Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });
  }
}
