import type { Duplex } from 'node:stream';

/**
 * Keeps a socket readable after a write to it has failed.
 *
 * A server that is done closes the connection, whatever else the client still sends; what it sent before is in the
 * receive buffer then, with a TCP reset behind it. `yes | kubectl exec -i pod -- head -1` always ends so. The system
 * hands that data out past the reset, but Node's sockets destroy themselves at the first failed write, and
 * no option of theirs says otherwise. 'error' no longer means that the socket is closed; 'close' does.
 */
export function readToTheEnd(socket: Duplex): void {
  const { _readableState: readable, _writableState: writable } = socket as unknown as Record<
    '_readableState' | '_writableState',
    { autoDestroy: boolean; errored: Error | null }
  >;
  readable.autoDestroy = false;
  writable.autoDestroy = false;
  // Past an error a stream asks its source for nothing more.
  socket.on('error', () => {
    readable.errored = null;
  });
}
