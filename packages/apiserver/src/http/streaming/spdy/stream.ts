import { Duplex } from 'node:stream';
import type { SpdyHeaders } from './frames.ts';

/** Bytes of one stream that wait for its reader before the session is held up. */
const readBufferBytes = 64 * 1024;

/** The longest data frame that is sent: long writes of one stream must not keep the others waiting. */
const maxDataBytes = 32 * 1024;

/** Bytes read between two acknowledgements: half of the window that SPDY has by default. */
const acknowledgeBytes = 32 * 1024;

/** What a stream needs of its session. */
export interface StreamLink {
  sendData(streamId: number, bytes: Uint8Array, fin: boolean, done: (error?: Error | null) => void): void;
  sendReset(streamId: number): void;
  /** The reader of `stream` keeps up (again), or does not. */
  readerKeepsUp(stream: SpdyStream, keepsUp: boolean): void;
  consumed(stream: SpdyStream, byteLength: number): void;
  ended(stream: SpdyStream): void;
}

/**
 * One stream of a session: ends each way by itself, as a TCP socket does. `destroy()` before both ends are
 * reached resets it. A reset by the peer is the end of reading, since upstream's servers end streams so after
 * success too; writes fail from then on, and 'reset' is emitted.
 */
export class SpdyStream extends Duplex {
  readonly id: number;
  /** As given by the side that opened the stream. */
  readonly headers: SpdyHeaders;
  readonly #link: StreamLink;
  /** What the peer allows in all: endless until it says that it controls flow. */
  #allowed: number;
  #sent = 0;
  #waiting: { bytes: Uint8Array; done: (error?: Error | null) => void } | undefined;
  #readEnded = false;
  #finSent = false;
  #cut: Error | undefined;
  #unconsumed = 0;

  constructor(options: { id: number; headers: SpdyHeaders; link: StreamLink; window: number }) {
    super({ allowHalfOpen: true, readableHighWaterMark: readBufferBytes });
    this.id = options.id;
    this.headers = options.headers;
    this.#link = options.link;
    this.#allowed = options.window;
    // Failures of a stream show at the pipeline that uses it and at the session; unread they must not end the process.
    this.on('error', () => {});
  }

  override _write(bytes: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#cut) done(this.#cut);
    else if (this.#sent >= this.#allowed) this.#waiting = { bytes, done };
    else {
      const length = Math.min(bytes.length, maxDataBytes, this.#allowed - this.#sent);
      this.#sent += length;
      const rest = bytes.subarray(length);
      this.#link.sendData(this.id, bytes.subarray(0, length), false, (error) => {
        if (error || rest.length === 0) done(error);
        else this._write(rest, '', done);
      });
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#cut) {
      done();
      return;
    }
    this.#finSent = true;
    this.#link.sendData(this.id, new Uint8Array(), true, (error) => {
      done(error);
      this.#endedBothWays();
    });
  }

  override _read(): void {
    this.#link.readerKeepsUp(this, true);
    if (this.#unconsumed < acknowledgeBytes) return;
    const consumed = this.#unconsumed;
    this.#unconsumed = 0;
    this.#link.consumed(this, consumed);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#cut && !(this.#readEnded && this.#finSent)) this.#link.sendReset(this.id);
    this.#cut ??= error ?? new Error('the stream is closed');
    this.#releaseWriter();
    this.#link.readerKeepsUp(this, true);
    this.#link.ended(this);
    done(error);
  }

  /** From the session: data of the peer. */
  receive(bytes: Uint8Array, fin: boolean): void {
    if (this.#readEnded || this.destroyed) return;
    if (bytes.length > 0) {
      this.#unconsumed += bytes.length;
      if (!this.push(bytes)) this.#link.readerKeepsUp(this, false);
    }
    if (!fin) return;
    this.#endReading();
    this.#endedBothWays();
  }

  /** From the session: bytes received since the last acknowledgement. */
  get unconsumedBytes(): number {
    return this.#unconsumed;
  }

  /** From the session: the peer allows `delta` more bytes (fewer, when it shrinks its window). */
  widen(delta: number): void {
    this.#allowed = (Number.isFinite(this.#allowed) ? this.#allowed : 0) + delta;
    if (this.#sent < this.#allowed) this.#resumeWriter();
  }

  /** From the session: nothing goes either way any more; what has arrived can still be read. */
  cut(reason: Error, byReset: boolean): void {
    if (this.#cut || this.destroyed) return;
    this.#cut = reason;
    this.#endReading();
    this.#releaseWriter();
    if (byReset) this.emit('reset');
  }

  #endReading(): void {
    if (this.#readEnded) return;
    this.#readEnded = true;
    this.push(null);
    this.#link.readerKeepsUp(this, true);
  }

  #endedBothWays(): void {
    if (this.#readEnded && this.#finSent) this.#link.ended(this);
  }

  #resumeWriter(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this._write(waiting.bytes, '', waiting.done);
  }

  #releaseWriter(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.done(this.#cut);
  }
}
