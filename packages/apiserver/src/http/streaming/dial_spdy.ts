// The upgrade to SPDY/3.1 that a kubelet, or containerd behind it, is asked for.
import { type IncomingMessage, request as requestHttp } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ApiError, internalError, statusError } from '@kubets/api';
import { type Clock, errorMessage } from '@kubets/base';
import { keepAlive } from './keep_alive.ts';
import { listOf, streamProtocolHeader } from './negotiate.ts';

export interface DialSpdyOptions {
  url: URL;
  headers?: Readonly<Record<string, string>> | undefined;
  /** A bare connection to the host of `url`. */
  dial(): Promise<Duplex>;
  /** Subprotocols, the best first. */
  protocols: readonly string[];
  clock: Clock;
}

/** The far end answered, but not with the upgrade. */
export class UpgradeRefusedError extends Error {
  override readonly name = 'UpgradeRefusedError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const answerTimeoutMs = 30_000;
const maxRefusalBytes = 16 * 1024;

/** @throws UpgradeRefusedError; ApiError 500 when the far end can't be reached. */
export async function dialSpdy(options: DialSpdyOptions): Promise<{ socket: Duplex; protocol: string }> {
  const { url, clock } = options;
  const connection = await options.dial().catch((error) => {
    throw internalError(`error dialing backend: ${errorMessage(error)}`);
  });
  connection.on('error', () => {});
  keepAlive(connection);
  const cancel = clock.after(answerTimeoutMs, () => connection.destroy(new Error('timed out')));
  try {
    const answer = await askUpgrade(options, connection);
    if (answer.type === 'refusal')
      throw new UpgradeRefusedError(answer.code, await refusalMessage(answer.body));
    const { message, head } = answer;
    if (message.headers.upgrade?.toLowerCase() !== 'spdy/3.1')
      throw new UpgradeRefusedError(502, 'missing upgrade headers in response');
    if (head.length > 0) connection.unshift(head);
    const protocol = listOf(message.headers[streamProtocolHeader]?.toString())[0] ?? '';
    return { socket: connection, protocol };
  } catch (error) {
    connection.destroy();
    if (error instanceof UpgradeRefusedError) throw error;
    throw internalError(`error dialing backend: ${url.host}: ${errorMessage(error)}`);
  } finally {
    cancel();
  }
}

/** What the client is told, as a Status of its own. */
export function upgradeFailure(error: unknown): ApiError {
  const message = `unable to upgrade connection: ${errorMessage(error)}`;
  if (!(error instanceof UpgradeRefusedError)) return internalError(message);
  return error.code >= 500 || error.code < 400
    ? internalError(message)
    : statusError(error.code, '', message);
}

type Answer =
  | { type: 'upgrade'; message: IncomingMessage; head: Buffer }
  | { type: 'refusal'; code: number; body: IncomingMessage };

function askUpgrade({ url, headers, protocols }: DialSpdyOptions, connection: Duplex): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = requestHttp({
      method: 'POST',
      host: url.hostname,
      path: url.pathname + url.search,
      headers: {
        ...headers,
        host: url.host,
        connection: 'Upgrade',
        upgrade: 'SPDY/3.1',
        [streamProtocolHeader]: [...protocols],
      },
      createConnection: () => connection,
    });
    request.on('upgrade', (message, _socket, head) => resolve({ type: 'upgrade', message, head }));
    request.on('response', (body) => resolve({ type: 'refusal', code: body.statusCode ?? 502, body }));
    request.on('error', reject);
    request.end();
  });
}

/** The message of a Status, or the text itself. */
async function refusalMessage(body: IncomingMessage): Promise<string> {
  let text = '';
  body.setEncoding('utf8');
  for await (const chunk of body) {
    text += chunk;
    if (text.length > maxRefusalBytes) break;
  }
  try {
    const { message } = JSON.parse(text);
    if (typeof message === 'string' && message.trim() !== '') return message.trim();
  } catch {
    // Kubelets and containerd answer in plain text mostly.
  }
  return text.trim() || 'empty server response';
}
