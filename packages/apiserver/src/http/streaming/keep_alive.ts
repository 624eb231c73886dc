import type { Duplex } from 'node:stream';

const firstProbeMs = 15_000;

/** Lets the system find out that the far end of a silent connection has vanished, as Go's connections do. */
export function keepAlive(socket: Duplex): void {
  if ('setKeepAlive' in socket && typeof socket.setKeepAlive === 'function')
    socket.setKeepAlive(true, firstProbeMs);
}
