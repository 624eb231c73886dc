import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { endWith, type Headers, type Responder } from './responder.ts';

/** Answers by hand on a connection that asked for an upgrade and gets none: one answer, then it closes. */
export class SocketResponder implements Responder {
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  get closed(): boolean {
    return this.#socket.destroyed || this.#socket.writableEnded;
  }

  head(status: number, headers: Headers): void {
    const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`];
    for (const [name, value] of Object.entries(headers))
      for (const each of Array.isArray(value) ? value : [value])
        lines.push(`${name}: ${String(each).replace(/[\r\n]/g, ' ')}`);
    this.#socket.write(
      `${lines.join('\r\n')}\r\ndate: ${new Date().toUTCString()}\r\nconnection: close\r\n\r\n`,
    );
  }

  write(chunk: Uint8Array): Promise<void> | void {
    const socket = this.#socket;
    if (socket.destroyed || socket.write(chunk)) return;
    return new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  }

  end(...chunks: Uint8Array[]): void {
    endWith(this.#socket, chunks);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
