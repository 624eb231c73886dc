// One face for answers over HTTP/2 streams and HTTP/1.1 messages.
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

export type Headers = Record<string, string | string[] | number>;

export interface Responder {
  readonly closed: boolean;
  head(status: number, headers: Headers): void;
  /** Resolves when there is room for more, or the client has gone. */
  write(chunk: Uint8Array): Promise<void> | void;
  end(chunk?: Uint8Array): void;
  /** Breaks the connection: the answer can't be completed. */
  destroy(): void;
}

export function http2Responder(stream: ServerHttp2Stream): Responder {
  return {
    get closed() {
      return stream.destroyed || stream.closed;
    },
    head(status, headers) {
      if (!stream.destroyed && !stream.headersSent) stream.respond({ ':status': status, ...headers });
    },
    write: (chunk) => writeTo(stream, chunk),
    end: (chunk) => {
      if (!stream.destroyed) stream.end(chunk);
    },
    destroy: () => stream.destroy(),
  };
}

export function http1Responder(response: ServerResponse): Responder {
  return {
    get closed() {
      return response.destroyed || response.writableEnded;
    },
    head(status, headers) {
      if (response.destroyed || response.headersSent) return;
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    write: (chunk) => writeTo(response, chunk),
    end: (chunk) => {
      if (!response.destroyed) response.end(chunk);
    },
    destroy: () => response.destroy(),
  };
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
