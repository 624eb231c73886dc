import type { KubeObject } from '@kubets/api';
import type { WatchEvent } from './client.ts';

export interface TransportRequest {
  method: string;
  /** Percent-encoded, without the query. */
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Lower-case names. */
  headers?: Readonly<Record<string, string>>;
  /** The caller gives it away: neither it nor what it holds may change later. */
  body?: object;
  signal?: AbortSignal;
}

/** The way to one API server, as one user. */
export interface Transport {
  /**
   * The answer: an object, or text where the server answers something other than JSON. Rejects with ApiError for
   * a Status of failure, with TransportError when there was no answer, with the signal's reason when it aborts.
   */
  request(request: TransportRequest): Promise<unknown>;
  /** Events of a watch, in batches as they come; ends with the server's stream. Rejects as `request`. */
  watch(request: TransportRequest): AsyncIterable<readonly WatchEvent<KubeObject>[]>;
}

/** There was no answer: no connection, or one that broke. Whether the server acted on the request is not known. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** `ECONNREFUSED`, `ETIMEDOUT` ... */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function isTransportError(error: unknown): error is TransportError {
  return error instanceof TransportError;
}
