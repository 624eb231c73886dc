import { TransportError } from '../transport.ts';

export interface HttpRequest {
  method: string;
  /** With the query. */
  path: string;
  /** A header with several values is sent several times. */
  headers: Record<string, string | string[]>;
  body: Buffer | undefined;
  signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Throws when it ends before its time. */
  body: AsyncIterable<Buffer>;
}

/** One way of sending requests: HTTP/2 over one connection, or HTTP/1.1 over many. */
export interface HttpSender {
  /** Rejects with TransportError, or with the signal's reason. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Lets requests that are under way end; the next one uses a new connection. */
  reconnect(): void;
  close(): void;
}

export function transportError(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  const { code, message } = error as { code?: unknown; message?: string };
  return new TransportError(typeof code === 'string' ? code : 'EPROTO', message ?? String(error), {
    cause: error,
  });
}
