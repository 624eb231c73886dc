import { type Transport, TransportError, type TransportRequest } from '@kubets/client';

/** A connection that can be cut and mended, as the network between a node and the API server can. */
export interface Link {
  readonly transport: Transport;
  cut(): void;
  mend(): void;
}

export function severable(transport: Transport): Link {
  let whole = new AbortController();
  const unreachable = () => new TransportError('EHOSTUNREACH', 'the network of the node is cut');

  async function request(request: TransportRequest): Promise<unknown> {
    const { signal } = whole;
    if (signal.aborted) throw unreachable();
    const answer = await transport.request(request);
    // The server has acted, but the answer is lost.
    if (signal.aborted) throw unreachable();
    return answer;
  }

  async function* watch(request: TransportRequest) {
    const { signal } = whole;
    if (signal.aborted) throw unreachable();
    const stop = new AbortController();
    const onCut = () => stop.abort(unreachable());
    const onAbort = () => stop.abort(request.signal!.reason);
    if (request.signal?.aborted) return;
    signal.addEventListener('abort', onCut, { once: true });
    request.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      yield* transport.watch({ ...request, signal: stop.signal });
      if (signal.aborted) throw unreachable();
    } finally {
      signal.removeEventListener('abort', onCut);
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    transport: { request, watch },
    cut: () => whole.abort(),
    mend() {
      if (whole.signal.aborted) whole = new AbortController();
    },
  };
}
