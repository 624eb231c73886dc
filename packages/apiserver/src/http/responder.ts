// One face for answers over HTTP/2 streams and HTTP/1.1 messages.
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { errorCode, type FrameSource, type ServerStream } from '@kubets/http2';

export type Headers = Record<string, string | string[] | number>;

export interface Responder {
  readonly closed: boolean;
  /** The headers are given away. */
  head(status: number, headers: Headers): void;
  /** Resolves when there is room for more, or the client has gone. */
  write(chunk: Uint8Array): Promise<void> | void;
  end(...chunks: Uint8Array[]): void;
  /**
   * Where it is offered: takes the rest of the answer from `source` when there is room for it. The returned function
   * says that the source has more, or has ended.
   */
  follow?(source: FrameSource): () => void;
  /** Calls `listener` once when the answer is complete or the client has gone. Goes with `follow`. */
  onClose?(listener: () => void): void;
  /** Breaks the connection: the answer can't be completed. */
  destroy(): void;
}

/** Of an HTTP/2 stream. A class, because one is made for each request. */
export class Http2Responder implements Responder {
  readonly #stream: ServerStream;
  readonly #date: () => string;

  constructor(stream: ServerStream, date: () => string) {
    this.#stream = stream;
    this.#date = date;
  }

  get closed(): boolean {
    return this.#stream.isClosed;
  }

  head(status: number, headers: Headers): void {
    // RFC 9110, 6.6.1.
    headers['date'] ??= this.#date();
    this.#stream.respond(status, headers);
  }

  write(chunk: Uint8Array): Promise<void> | void {
    return this.#stream.write(chunk);
  }

  end(...chunks: Uint8Array[]): void {
    this.#stream.end(...chunks);
  }

  follow(source: FrameSource): () => void {
    return this.#stream.follow(source);
  }

  onClose(listener: () => void): void {
    this.#stream.onClose(listener);
  }

  destroy(): void {
    this.#stream.reset(errorCode.internalError);
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

function writeTo(stream: ServerResponse, chunk: Uint8Array): Promise<void> | void {
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
