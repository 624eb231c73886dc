// One face for answers over HTTP/2 streams and HTTP/1.1 messages.
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Writable } from 'node:stream';

export type Headers = Record<string, string | string[] | number>;

export interface Responder {
  readonly closed: boolean;
  /** The headers are given away. */
  head(status: number, headers: Headers): void;
  /** Resolves when there is room for more, or the client has gone. */
  write(chunk: Uint8Array): Promise<void> | void;
  end(...chunks: Uint8Array[]): void;
  /** Breaks the connection: the answer can't be completed. */
  destroy(): void;
}

/** Of an HTTP/2 stream. A class, because one is made for each request. */
export class Http2Responder implements Responder {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  get closed(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  head(status: number, headers: Headers): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.headersSent) return;
    headers[':status'] = status;
    stream.respond(headers);
  }

  write(chunk: Uint8Array): Promise<void> | void {
    return writeTo(this.#stream, chunk);
  }

  end(...chunks: Uint8Array[]): void {
    endWith(this.#stream, chunks);
  }

  destroy(): void {
    this.#stream.destroy();
  }
}

export class Http1Responder implements Responder {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get closed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  head(status: number, headers: Headers): void {
    const response = this.#response;
    if (response.destroyed || response.headersSent) return;
    response.writeHead(status, headers);
    // A body of known length goes out with its head; a stream shows its head at once.
    if (headers['content-length'] === undefined) response.flushHeaders();
  }

  write(chunk: Uint8Array): Promise<void> | void {
    return writeTo(this.#response, chunk);
  }

  end(...chunks: Uint8Array[]): void {
    endWith(this.#response, chunks);
  }

  destroy(): void {
    this.#response.destroy();
  }
}

/** The chunks as one write, and the end. */
export function endWith(stream: Writable, chunks: readonly Uint8Array[]): void {
  if (stream.destroyed) return;
  if (chunks.length > 1) stream.cork();
  for (let i = 0; i < chunks.length - 1; i++) stream.write(chunks[i]!);
  stream.end(chunks.at(-1));
}

function writeTo(stream: ServerHttp2Stream | ServerResponse, chunk: Uint8Array): Promise<void> | void {
  if (stream.destroyed || stream.write(chunk)) return;
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
