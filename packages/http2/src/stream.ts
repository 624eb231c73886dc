// One request and its answer (RFC 9113, 5.1).

import type { Output } from './output.ts';
import { type ErrorCode, errorCode, max31 } from './protocol.ts';
import { RequestBody } from './request_body.ts';
import type { RequestHeaders } from './request_headers.ts';

export type ResponseHeaders = Readonly<Record<string, string | number | readonly string[]>>;

/** Where a stream takes its answer from, piece by piece, when there is room for it. */
export interface FrameSource {
  /** The next piece; undefined when there is none now. */
  next(): Uint8Array | undefined;
  /** Nothing will come after what `next` gave. */
  readonly isEnded: boolean;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly output: Output;
  /** Of the connection's window, what is left for DATA. */
  sendWindow: number;
  /** As the peer allows. */
  readonly maxFrameSize: number;
  writeHeaders(streamId: number, status: number, headers: ResponseHeaders): void;
  /** The stream has something to send: it gets its turn. */
  schedule(stream: ServerStream): void;
  /** Bytes of the stream's body were read. */
  bodyRead(stream: ServerStream, bytes: number): void;
  resetStream(stream: ServerStream, code: ErrorCode): void;
  /** The answer is on its way as a whole. */
  answered(stream: ServerStream): void;
}

export interface ServerStreamOptions {
  id: number;
  headers: RequestHeaders;
  hasBody: boolean;
  contentLength: number | undefined;
  sendWindow: number;
  receiveWindow: number;
}

/** Of what `write` takes, this much may wait before its promise does. */
const maxQueuedBytes = 64 * 1024;

export class ServerStream {
  readonly id: number;
  readonly headers: RequestHeaders;
  /** Undefined when there is none. */
  readonly body: RequestBody | undefined;
  readonly #owner: StreamOwner;

  /** What of the answer has not been given to the output: the first chunk, from `#offset` on, and those behind it. */
  #chunk: Uint8Array | undefined;
  #offset = 0;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #source: FrameSource | undefined;
  #headersSent = false;
  #isEnding = false;
  #isClosed = false;
  #roomWaiters: (() => void)[] = [];
  #closeListeners: (() => void)[] = [];

  /** Of the connection, as the rest below. */
  sendWindow: number;
  receiveWindow: number;
  /** Bytes of the body that have come, and that may not yet come for want of a WINDOW_UPDATE. */
  received = 0;
  unacknowledged = 0;
  readonly contentLength: number | undefined;
  isScheduled = false;
  hasEndedRequest: boolean;
  hasEndedAnswer = false;

  constructor(owner: StreamOwner, options: ServerStreamOptions) {
    this.#owner = owner;
    this.id = options.id;
    this.headers = options.headers;
    this.sendWindow = options.sendWindow;
    this.receiveWindow = options.receiveWindow;
    this.contentLength = options.contentLength;
    this.hasEndedRequest = !options.hasBody;
    if (options.hasBody) this.body = new RequestBody((bytes) => owner.bodyRead(this, bytes));
  }

  /** Nothing more can be sent: it was all sent, or the client has gone. */
  get isClosed(): boolean {
    return this.#isClosed || this.#isEnding;
  }

  get headersSent(): boolean {
    return this.#headersSent;
  }

  respond(status: number, headers: ResponseHeaders): void {
    if (this.isClosed || this.#headersSent) return;
    this.#headersSent = true;
    this.#owner.writeHeaders(this.id, status, headers);
  }

  /** Chunks are given away. Resolves when there is room for more, or the stream is closed. */
  write(chunk: Uint8Array): Promise<void> | void {
    if (this.isClosed) return;
    this.#add(chunk);
    if (this.#queuedBytes > maxQueuedBytes) return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  end(...chunks: Uint8Array[]): void {
    if (this.isClosed) return;
    for (const chunk of chunks) this.#add(chunk);
    this.#isEnding = true;
    this.#owner.schedule(this);
  }

  /** Sends what the source gives, until it has ended. The returned function says that it has more, or has ended. */
  follow(source: FrameSource): () => void {
    this.#source = source;
    return () => {
      if (!this.#isClosed && !this.isScheduled) this.#owner.schedule(this);
    };
  }

  reset(code: ErrorCode = errorCode.internalError): void {
    if (!this.#isClosed) this.#owner.resetStream(this, code);
  }

  /** Calls `listener` once when both sides have finished, or one has broken off. */
  onClose(listener: () => void): void {
    if (this.#isClosed) listener();
    else this.#closeListeners.push(listener);
  }

  /** Of the connection: gives the output up to `limit` bytes. Returns whether more could follow. */
  send(limit: number): boolean {
    const owner = this.#owner;
    const { output } = owner;
    let left = limit;
    while (output.hasRoom) {
      if (!this.#chunk && this.#source) {
        // Events of a client that has closed its window wait where they are counted, not here.
        if (this.sendWindow <= 0) return this.#endIfDone();
        if ((owner.sendWindow <= 0 || left <= 0) && !this.#source.isEnded) return true;
        this.#pull(this.#source);
      }
      const chunk = this.#chunk;
      if (!chunk) return this.#endIfDone();
      const end = Math.min(chunk.length, this.#offset + Math.min(left, this.sendWindow, owner.sendWindow));
      if (end <= this.#offset) return this.sendWindow > 0;
      const sent = output.data(this.id, chunk, this.#offset, end, owner.maxFrameSize);
      this.#sent(sent);
      left -= sent;
    }
    return true;
  }

  /** Of the connection: SETTINGS or WINDOW_UPDATE have changed the window. False when it is larger than can be. */
  widen(by: number): boolean {
    this.sendWindow += by;
    if (this.sendWindow > max31) return false;
    if (this.sendWindow > 0 && this.#hasMore()) this.#owner.schedule(this);
    return true;
  }

  /** Of the connection: forgets what waits and tells everybody. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#chunk = undefined;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#source = undefined;
    this.body?.lose();
    this.#wakeWriters();
    for (const listener of this.#closeListeners.splice(0)) listener();
  }

  #add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#queuedBytes += chunk.length;
    if (this.#chunk) this.#queue.push(chunk);
    else this.#chunk = chunk;
    this.#owner.schedule(this);
  }

  #pull(source: FrameSource): void {
    this.#chunk = source.next();
    this.#queuedBytes += this.#chunk?.length ?? 0;
  }

  #sent(bytes: number): void {
    this.sendWindow -= bytes;
    this.#owner.sendWindow -= bytes;
    this.#queuedBytes -= bytes;
    this.#offset += bytes;
    if (this.#offset === this.#chunk!.length) {
      this.#offset = 0;
      this.#chunk = this.#queue.shift();
    }
    if (this.#queuedBytes <= maxQueuedBytes) this.#wakeWriters();
  }

  #hasMore(): boolean {
    return this.#chunk !== undefined || this.#source !== undefined || this.#isEnding;
  }

  #endIfDone(): false {
    if (this.#source?.isEnded && !this.#chunk) this.#isEnding = true;
    if (this.#isEnding && !this.#chunk && !this.hasEndedAnswer) {
      this.hasEndedAnswer = true;
      this.#owner.output.endStream(this.id);
      this.#owner.answered(this);
    }
    return false;
  }

  #wakeWriters(): void {
    if (this.#roomWaiters.length === 0) return;
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }
}
