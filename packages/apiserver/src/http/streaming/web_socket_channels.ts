// Several streams over one WebSocket: each message begins with the number of its channel (upstream's wsstream).
import { Readable, Writable } from 'node:stream';
import type { Clock, Ms } from '@kubets/base';
import type { WebSocket } from 'ws';
import { IdleTimer } from './idle_timer.ts';

export interface WebSocketChannelsOptions {
  webSocket: WebSocket;
  /** base64: text messages, the channel's digit and then the bytes in base64. */
  encoding: 'binary' | 'base64';
  /** v5 of remotecommand: `[255, n]` is the end of what the client sends on channel n. */
  closeSignals: boolean;
  clock: Clock;
  /** Without a message either way for so long the connection ends; pings don't count. */
  idleTimeoutMs: Ms;
}

const closeSignal = 255;

export class WebSocketChannels {
  /** Resolves when the connection is closed, whoever closed it. */
  readonly closed: Promise<void>;
  readonly #options: WebSocketChannelsOptions;
  readonly #readables = new Map<number, Readable>();
  readonly #full = new Set<Readable>();
  readonly #idle: IdleTimer;

  constructor(options: WebSocketChannelsOptions) {
    this.#options = options;
    const { webSocket, clock, idleTimeoutMs: timeoutMs } = options;
    this.#idle = new IdleTimer({ clock, timeoutMs, expire: () => webSocket.terminate() });
    this.closed = new Promise((resolve) => {
      webSocket.once('close', () => {
        this.#idle.stop();
        for (const channel of [...this.#readables.keys()]) this.#endReadable(channel);
        resolve();
      });
    });
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('message', (message: Buffer) => this.#receive(message));
  }

  /** What the client sends on a channel. Channels that nobody asked for are dropped. A full one holds up all. */
  readable(channel: number): Readable {
    const readable = new Readable({
      read: () => this.#keepsUp(readable),
      destroy: (error, done) => {
        this.#readables.delete(channel);
        this.#keepsUp(readable);
        done(error);
      },
    });
    readable.on('error', () => {});
    this.#readables.set(channel, readable);
    return readable;
  }

  /** Sends to the client on a channel. Its end is not told: no version of the protocol has a way. */
  writable(channel: number): Writable {
    const writable = new Writable({
      write: (bytes: Buffer, _encoding, done) => this.#send(channel, bytes, done),
    });
    writable.on('error', () => {});
    return writable;
  }

  /** Sends an empty message: tells clients that wait for one that the connection stands. */
  announce(channel: number): void {
    this.#send(channel, Buffer.alloc(0), () => {});
  }

  /** Closes in order; what was written before still goes out. */
  async close(): Promise<void> {
    this.#options.webSocket.close(1000);
    // The client's answer to the close may stand behind messages that nobody reads any more.
    for (const readable of [...this.#readables.values(), ...this.#full]) readable.destroy();
    await this.closed;
  }

  terminate(): void {
    this.#options.webSocket.terminate();
  }

  #receive(message: Buffer): void {
    this.#idle.touch();
    if (message.length === 0) return;
    const { encoding, closeSignals, webSocket } = this.#options;
    if (closeSignals && message[0] === closeSignal) {
      if (message.length === 2) this.#endReadable(message[1]!);
      else webSocket.close(1002, 'a channel number must follow the close signal');
      return;
    }
    const base64 = encoding === 'base64';
    const readable = this.#readables.get(base64 ? message[0]! - 0x30 : message[0]!);
    if (!readable || message.length === 1) return;
    const bytes = base64 ? Buffer.from(message.toString('latin1', 1), 'base64') : message.subarray(1);
    if (!readable.push(bytes)) {
      this.#full.add(readable);
      webSocket.pause();
    }
  }

  #endReadable(channel: number): void {
    this.#readables.get(channel)?.push(null);
    this.#readables.delete(channel);
  }

  #keepsUp(readable: Readable): void {
    if (this.#full.delete(readable) && this.#full.size === 0) this.#options.webSocket.resume();
  }

  #send(channel: number, bytes: Buffer, done: (error?: Error | null) => void): void {
    this.#idle.touch();
    const { encoding, webSocket } = this.#options;
    if (encoding === 'base64') webSocket.send(String(channel) + bytes.toString('base64'), done);
    else webSocket.send(Buffer.concat([Buffer.of(channel), bytes]), { binary: true }, done);
  }
}
