import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError, internalError } from '@kubets/api';
import { errorMessage } from '@kubets/base';

/** Answers an upgrade request that can't be served with a Status, and ends the connection. */
export function refuseUpgrade(socket: Duplex, error: unknown, headers: Record<string, string> = {}): void {
  const { status } = error instanceof ApiError ? error : internalError(errorMessage(error));
  const body = Buffer.from(JSON.stringify(status) + '\n');
  const lines = Object.entries({
    'content-type': 'application/json',
    'content-length': String(body.length),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => {});
  socket.write(`HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? 'Error'}\r\n${lines.join('')}\r\n`);
  socket.end(body);
}
