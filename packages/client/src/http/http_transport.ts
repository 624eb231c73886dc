import { ApiError, type KubeObject } from '@kubets/api';
import { type Clock, systemClock } from '@kubets/base';
import type { WatchEvent } from '../client.ts';
import { type Transport, TransportError, type TransportRequest } from '../transport.ts';
import { type HttpAnswer, type HttpSender, transportError } from './http_message.ts';
import { http1Sender } from './http1_sender.ts';
import { http2Sender, NotHttp2Error } from './http2_sender.ts';
import { statusOf } from './status_of.ts';
import { type Renewable, read, type ServerAddress } from './tls_options.ts';
import { watchLines } from './watch_lines.ts';

export interface HttpTransportOptions extends ServerAddress {
  /** Bearer token. */
  token?: Renewable;
  /** Sent with each request, e.g. `impersonate-user`. */
  headers?: Readonly<Record<string, string | string[]>>;
  userAgent?: string;
  /** For an answer to anything but a watch; servers give up after 60 s themselves. */
  requestTimeoutMs?: number;
  clock?: Clock;
}

export interface HttpTransport extends Transport {
  /** Moves to a new connection, with the certificates and the token of now. */
  reconnect(): void;
  close(): void;
}

/** How often and how long to wait when the server says `Retry-After` (client-go: ten times). */
const maxRetries = 10;
const maxRetryAfterMs = 30_000;
const maxErrorBytes = 1024 * 1024;

/** The way to an API server over the network, kubets' or upstream's: HTTP/2 where it is spoken, JSON. */
export function httpTransport(options: HttpTransportOptions): HttpTransport {
  const { clock = systemClock, requestTimeoutMs = 70_000 } = options;
  const url = new URL(options.server);
  const basePath = url.pathname.replace(/\/$/, '');
  let sender: HttpSender = url.protocol === 'http:' ? http1Sender(options) : http2Sender(options);

  return {
    async request(request) {
      const timeout = new AbortController();
      const cancel = clock.after(requestTimeoutMs, () =>
        timeout.abort(new TransportError('ETIMEDOUT', 'no answer in time')),
      );
      const onAbort = () => timeout.abort(request.signal!.reason);
      if (request.signal?.aborted) onAbort();
      request.signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return await parse(await sendRetrying(request, timeout.signal), timeout.signal);
      } finally {
        cancel();
        request.signal?.removeEventListener('abort', onAbort);
      }
    },
    async *watch(request): AsyncGenerator<readonly WatchEvent<KubeObject>[], void> {
      const { signal } = request;
      try {
        const answer = await sendRetrying(request, signal);
        yield* watchLines(answer.body);
      } catch (error) {
        if (signal?.aborted) return;
        throw error instanceof ApiError ? error : transportError(error);
      }
    },
    reconnect: () => sender.reconnect(),
    close: () => sender.close(),
  };

  /** The answer, once it is not one to try again after; rejects with ApiError for those of failure. */
  async function sendRetrying(
    request: TransportRequest,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    for (let retries = 0; ; retries++) {
      const answer = await send(request, signal);
      if (answer.status < 400) return answer;
      const retryAfterSeconds = Number(answer.headers['retry-after']);
      const again = (answer.status === 429 || answer.status >= 500) && retryAfterSeconds > 0;
      const text = await readText(answer, maxErrorBytes);
      if (!again || retries >= maxRetries) throw new ApiError(statusOf(answer.status, text));
      await clock.sleep(Math.min(retryAfterSeconds * 1_000, maxRetryAfterMs), signal);
    }
  }

  async function send(request: TransportRequest, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const query = request.query && new URLSearchParams(request.query).toString();
    const message = {
      method: request.method,
      path: basePath + request.path + (query ? `?${query}` : ''),
      headers: headersOf(request),
      body: request.body && Buffer.from(JSON.stringify(request.body)),
      signal,
    };
    try {
      return await sender.send(message);
    } catch (error) {
      if (!(error instanceof NotHttp2Error)) throw error;
      sender = http1Sender(options);
      return await sender.send(message);
    }
  }

  function headersOf({ headers, body }: TransportRequest): Record<string, string | string[]> {
    return {
      accept: 'application/json',
      'user-agent': options.userAgent ?? 'kubets',
      ...(options.token && { authorization: `Bearer ${read(options.token)}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...options.headers,
      ...headers,
    };
  }
}

async function parse(answer: HttpAnswer, signal: AbortSignal): Promise<unknown> {
  let text: string;
  try {
    text = await readText(answer);
    signal.throwIfAborted();
  } catch (error) {
    throw signal.aborted ? signal.reason : transportError(error);
  }
  if (!String(answer.headers['content-type']).startsWith('application/json')) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TransportError('EPROTO', 'the answer is not JSON', { cause: error });
  }
}

/** Past `limit` bytes the rest is dropped. */
async function readText({ body }: HttpAnswer, limit = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
