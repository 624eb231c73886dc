import { statusError } from '@kubets/api';

/** Header names of upgrades to SPDY, as upstream's httpstream has them; in lower case, as node:http gives them. */
export const streamProtocolHeader = 'x-stream-protocol-version';
export const acceptedProtocolsHeader = 'x-accepted-stream-protocol-versions';

/** The names in a header of comma-separated names. */
export function listOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * The first WebSocket subprotocol of the client's list that is supported; '' when it asks for none.
 * @throws ApiError 403 when it asks for others only.
 */
export function chooseWebSocketProtocol(
  headers: Readonly<Record<string, string>>,
  supported: readonly string[],
): string {
  const requested = listOf(headers['sec-websocket-protocol']);
  if (requested.length === 0) return '';
  const chosen = requested.find((protocol) => supported.includes(protocol));
  if (chosen !== undefined) return chosen;
  throw statusError(
    403,
    'Forbidden',
    `requested protocol(s) are not supported: [${requested.join(' ')}]; supports [${supported.join(' ')}]`,
  );
}

export function isWebSocketUpgrade(headers: Readonly<Record<string, string>>): boolean {
  return headers['upgrade']?.toLowerCase() === 'websocket';
}
