// For tests: a client of a connection that is made of frames by hand, in a time that stands still.
import { FakeClock } from '@kubets/base';
import { BlockPool } from '../block_pool.ts';
import { ServerConnection, type ServerConnectionOptions } from '../connection.ts';
import { clientPreface, frameType } from '../protocol.ts';
import type { ServerStream } from '../stream.ts';
import { bytesOf, describeFrame, joined, type ReadFrame, readFrames, settings } from './frames.ts';

export interface ScriptedClientOptions
  extends Partial<Pick<ServerConnectionOptions, 'serve' | 'maxConcurrentStreams' | 'maxHeaderListSize'>> {
  /** Without the preface and SETTINGS. */
  silent?: boolean;
}

export class ScriptedClient {
  readonly clock = new FakeClock();
  readonly connection: ServerConnection;
  /** What was served, in order. */
  readonly streams: ServerStream[] = [];
  /** The server has closed: for writing, or altogether. */
  state: 'open' | 'ended' | 'destroyed' = 'open';
  /** While true the client reads nothing: writes are not taken. */
  isStalled = false;
  writes = 0;
  #received: Uint8Array[] = [];
  readonly #deferred: (() => void)[] = [];
  readonly #untaken: (() => void)[] = [];

  constructor({ serve, silent, ...options }: ScriptedClientOptions = {}) {
    this.connection = new ServerConnection({
      ...options,
      pool: new BlockPool(),
      clock: this.clock,
      defer: (work) => void this.#deferred.push(work),
      serve: async (stream) => {
        this.streams.push(stream);
        await serve?.(stream);
      },
      transport: {
        write: (bytes, taken) => {
          this.writes += 1;
          this.#received.push(Uint8Array.from(bytes));
          this.#untaken.push(taken);
        },
        end: () => {
          if (this.state === 'open') this.state = 'ended';
        },
        destroy: () => {
          this.state = 'destroyed';
        },
      },
    });
    if (!silent) {
      this.send(bytesOf(clientPreface), settings());
      this.frames();
    }
  }

  send(...frames: readonly Uint8Array[]): void {
    this.connection.receive(joined(frames));
  }

  /** The frames that have come since the last call. */
  frames(): ReadFrame[] {
    this.turn();
    const bytes = joined(this.#received);
    this.#received = [];
    return readFrames(bytes);
  }

  /** The same as text, without those that every connection begins with. */
  lines(): string[] {
    return this.frames()
      .map(describeFrame)
      .filter((line) => line !== 'SETTINGS ACK');
  }

  /** Content of DATA that has come, by stream. */
  bodies(): Map<number, number> {
    const sizes = new Map<number, number>();
    for (const { type, streamId, payload } of this.frames())
      if (type === frameType.data) sizes.set(streamId, (sizes.get(streamId) ?? 0) + payload.length);
    return sizes;
  }

  /** Runs what was put off, until nothing is. */
  turn(): void {
    for (;;) {
      const work = this.#deferred.shift() ?? (this.isStalled ? undefined : this.#untaken.shift());
      if (!work) return;
      work();
    }
  }
}
