// The edge: a connection over a socket of Node.
import type { Socket } from 'node:net';
import type { Clock } from '@kubets/base';
import type { BlockPool } from '../block_pool.ts';
import { ServerConnection } from '../connection.ts';
import type { Transport } from '../output.ts';
import type { ServerStream } from '../stream.ts';

export interface ServeSocketOptions {
  pool: BlockPool;
  clock: Clock;
  /** As of a ServerConnection. */
  serve(stream: ServerStream): Promise<void>;
  maxConcurrentStreams?: number;
  maxHeaderListSize?: number;
}

/** Speaks HTTP/2 on a socket whose client has agreed to it (ALPN `h2`). The connection ends with the socket. */
export function serveSocket(socket: Socket, options: ServeSocketOptions): ServerConnection {
  const transport: Transport = {
    write(bytes, taken) {
      socket.write(bytes, (error) => {
        // A socket that has failed closes, and the connection with it.
        if (!error) taken();
      });
    },
    end: () => socket.end(),
    destroy: () => socket.destroy(),
  };
  const connection = new ServerConnection({ ...options, transport, defer: setImmediate });
  socket.on('data', (bytes: Buffer) => connection.receive(bytes));
  socket.on('close', () => connection.lost());
  return connection;
}
