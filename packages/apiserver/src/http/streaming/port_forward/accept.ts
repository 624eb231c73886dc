import type { Duplex } from 'node:stream';
import { type Clock, errorMessage, type Ms } from '@kubets/base';
import { acceptSpdy } from '../accept_spdy.ts';
import { streamingIdleTimeoutMs } from '../idle_timer.ts';
import type { SpdyHeaders } from '../spdy/frames.ts';
import type { SpdySession } from '../spdy/session.ts';
import type { SpdyStream } from '../spdy/stream.ts';
import type { UpgradeRequest } from '../web_socket_accept.ts';
import { portForwardProtocol, readPort } from './port_forward.ts';

export interface AcceptPortForwardOptions {
  request: UpgradeRequest;
  /** For messages: `error forwarding port 80 to pod <pod>, uid <uid>: ...`. */
  pod: string;
  uid: string;
  /**
   * Serves one connection to `port` of the pod: joins `data` with it, and resolves when it is over. A rejection is
   * told to the client.
   */
  forward(port: number, data: Duplex): Promise<void>;
  clock: Clock;
  idleTimeoutMs?: Ms;
}

const pairTimeoutMs = 30_000;

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
  cancelTimeout: () => void;
}

/**
 * The server's side of port forwarding over SPDY: each forwarded connection is a pair of streams, one for data and
 * one for an error. Undefined when the request was refused; the client has been told then.
 */
export function acceptPortForward(options: AcceptPortForwardOptions): SpdySession | undefined {
  const { request, clock, idleTimeoutMs = streamingIdleTimeoutMs } = options;
  const pairs = new Map<string, Pair>();
  const accepted = acceptSpdy({
    request,
    protocols: [portForwardProtocol],
    clock,
    idleTimeoutMs,
    accept: (headers) =>
      readPort(headers['port']) !== undefined &&
      (headers['streamtype'] === 'data' || headers['streamtype'] === 'error'),
    onStream: (stream) => addStream(options, pairs, stream),
  });
  accepted?.session.closed.then(() => {
    for (const { cancelTimeout } of pairs.values()) cancelTimeout();
  });
  return accepted?.session;
}

function addStream(options: AcceptPortForwardOptions, pairs: Map<string, Pair>, stream: SpdyStream): void {
  const type = stream.headers['streamtype'] as 'data' | 'error';
  const id = requestId(stream.id, stream.headers);
  let pair = pairs.get(id);
  if (!pair) {
    const made: Pair = {
      cancelTimeout: options.clock.after(pairTimeoutMs, () => {
        pairs.delete(id);
        made.error?.end(`timed out waiting for streams of request ${id}`);
        made.data?.destroy();
      }),
    };
    pairs.set(id, made);
    pair = made;
  }
  if (pair[type]) {
    pair.error?.write(`error processing stream for request ${id}: ${type} stream already assigned`);
    stream.destroy();
    return;
  }
  pair[type] = stream;
  // Clients send nothing on it but its end.
  if (type === 'error') stream.resume();
  if (!pair.data || !pair.error) return;
  pair.cancelTimeout();
  pairs.delete(id);
  void serve(options, pair.data, pair.error);
}

async function serve(options: AcceptPortForwardOptions, data: SpdyStream, error: SpdyStream): Promise<void> {
  const port = readPort(data.headers['port'])!;
  try {
    await options.forward(port, data);
    data.end();
    error.end();
    // What the client still sends has nobody to read it.
    data.resume();
  } catch (reason) {
    const { pod, uid } = options;
    error.end(`error forwarding port ${port} to pod ${pod}, uid ${uid}: ${errorMessage(reason)}`);
    data.destroy();
  }
}

/** Clients before 1.3 sent none: the data stream comes next after its error stream. */
function requestId(streamId: number, headers: SpdyHeaders): string {
  if (headers['requestid']) return headers['requestid'];
  return String(headers['streamtype'] === 'error' ? streamId : streamId - 2);
}
