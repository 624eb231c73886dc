// How exec, attach and port-forward over WebSocket are served: by `streaming/`, through this hook.
import type { Duplex } from 'node:stream';
import type { ProxyTarget } from '../request.ts';

export interface StreamingUpgrade {
  /** The kubelet's URL and the kind of stream. */
  readonly target: ProxyTarget;
  /** Of the client's request, lower-case names: `sec-websocket-key`, `sec-websocket-protocol` ... */
  readonly headers: Readonly<Record<string, string>>;
  /** The client's side of the connection, past its request; nothing has been answered yet. */
  readonly socket: Duplex;
  /** Bytes that came with the request. */
  readonly head: Uint8Array;
  /** A new connection to the target with the server's credentials; the caller writes its own request on it. */
  dial(): Promise<Duplex>;
  /** Aborts when the server stops. */
  readonly signal: AbortSignal;
}

/** Answers the handshake and moves the streams. Resolves when both sides are closed; never rejects. */
export type ServeStreaming = (upgrade: StreamingUpgrade) => Promise<void>;
