import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Clock, Ms } from '@kubets/base';
import { IdleTimer } from '../idle_timer.ts';
import { readToTheEnd } from '../read_to_the_end.ts';
import { FrameReader } from './frame_reader.ts';
import { FrameWriter } from './frame_writer.ts';
import {
  type Frame,
  goAwayStatus,
  resetStatus,
  type SpdyHeaders,
  SpdyProtocolError,
  settingIds,
} from './frames.ts';
import { SpdyStream, type StreamLink } from './stream.ts';

export interface SpdySessionOptions {
  /** The connection, past the HTTP upgrade. The session owns it from here on. */
  socket: Duplex;
  side: 'client' | 'server';
  clock: Clock;
  /** Whether to take a stream that the peer opens; without it none is taken. */
  accept?: (headers: SpdyHeaders) => boolean;
  /** Called for each accepted stream, past its reply. All streams must be read (or resumed), or the session stalls. */
  onStream?: (stream: SpdyStream) => void;
  /** Ends the session when no frame passed either way for so long. */
  idleTimeoutMs?: Ms;
}

/** Streams open at once in one session, of both sides. */
const maxStreams = 1000;

/** What a peer that controls flow may send of one stream before it is read. */
const receiveWindowBytes = 256 * 1024;

/** Bytes of frames that wait for the connection; past this the peer does not read and the session ends. */
const maxUnsentBytes = 8 * 1024 * 1024;

/** As upstream's httpstream/spdy. */
const replyTimeoutMs = 30_000;

const closeTimeoutMs = 10_000;

/**
 * One SPDY/3.1 session over one connection.
 *
 * Flow control: the peers that Kubernetes has (spdystream in kubectl, kubelets and containerd) neither announce a
 * window nor heed one, and take a WINDOW_UPDATE of the whole session as an error. So windows are kept only with a peer
 * that announced one in SETTINGS; another is held back by not reading the connection while one of its streams is full.
 *
 * Nothing is sent that a peer does not need: one that has closed its end, with the last output still on the way,
 * answers any frame with a TCP reset, and that output is lost. Hence no pings on a timer and no needless updates.
 */
export class SpdySession {
  /** Resolves when the session is over: undefined when it was closed in order. */
  readonly closed: Promise<Error | undefined>;
  readonly #options: SpdySessionOptions;
  readonly #socket: Duplex;
  readonly #writer = new FrameWriter();
  readonly #reader = new FrameReader();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #replies = new Map<number, { resolve: () => void; reject: (reason: Error) => void }>();
  readonly #full = new Set<SpdyStream>();
  readonly #pings = new Map<number, { resolve: () => void; reject: (reason: Error) => void }>();
  readonly #link: StreamLink;
  #resolveClosed!: (error: Error | undefined) => void;
  #nextStreamId: number;
  #nextPingId: number;
  #lastPeerStreamId = 0;
  #peerWindow: number | undefined;
  #peerGoesAway = false;
  #over = false;
  #writeFailure: Error | undefined;
  readonly #idle: IdleTimer | undefined;

  constructor(options: SpdySessionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#nextStreamId = options.side === 'client' ? 1 : 2;
    this.#nextPingId = options.side === 'client' ? 1 : 2;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.#link = {
      sendData: (id, bytes, fin, done) => this.#sendData(id, bytes, fin, done),
      sendReset: (id) => this.#send(this.#writer.rstStream(id, resetStatus.cancel)),
      readerKeepsUp: (stream, keepsUp) => this.#readerKeepsUp(stream, keepsUp),
      consumed: (stream, length) => this.#consumed(stream, length),
      ended: (stream) => this.#forget(stream),
    };
    this.#idle =
      options.idleTimeoutMs === undefined
        ? undefined
        : new IdleTimer({
            clock: options.clock,
            timeoutMs: options.idleTimeoutMs,
            expire: () => this.#finish(new Error('the SPDY session was idle for too long')),
          });
    readToTheEnd(this.#socket);
    this.#socket.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    this.#socket.on('end', () => this.#finish(this.#writeFailure));
    this.#socket.on('close', () => this.#finish(this.#writeFailure));
    this.#socket.on('error', (error) => {
      // A failed write: what the peer sent before it closed is still to be read, up to 'end' or 'close'.
      this.#writeFailure = error;
      if (this.#socket.destroyed) this.#finish(error);
    });
    this.#send(
      this.#writer.settings({ maxConcurrentStreams: maxStreams, initialWindowSize: receiveWindowBytes }),
    );
  }

  /** Opens a stream; resolves once the peer has taken it, which it must before it heeds data. */
  async openStream(headers: SpdyHeaders): Promise<SpdyStream> {
    if (this.#over || this.#peerGoesAway) throw new Error('the SPDY session is closed');
    if (this.#streams.size >= maxStreams) throw new Error('the SPDY session has too many streams');
    const id = this.#nextStreamId;
    this.#nextStreamId += 2;
    const stream = this.#addStream(id, headers);
    const replied = new Promise<void>((resolve, reject) => this.#replies.set(id, { resolve, reject }));
    this.#send(this.#writer.synStream(id, headers));
    const cancelTimeout = this.#options.clock.after(replyTimeoutMs, () =>
      this.#replies.get(id)?.reject(new Error('timed out waiting for the reply to a SPDY stream')),
    );
    try {
      await replied;
      return stream;
    } catch (error) {
      stream.destroy();
      throw error;
    } finally {
      cancelTimeout();
      this.#replies.delete(id);
    }
  }

  /** Resolves with the answer of the peer. */
  ping(): Promise<void> {
    if (this.#over) return Promise.reject(new Error('the SPDY session is closed'));
    const id = this.#nextPingId;
    this.#nextPingId += 2;
    const answered = new Promise<void>((resolve, reject) => this.#pings.set(id, { resolve, reject }));
    this.#send(this.#writer.ping(id));
    return answered;
  }

  /** Ends all streams once what was written to them has gone out, then the connection. */
  async close(): Promise<void> {
    if (this.#over) return;
    const cancelTimeout = this.#options.clock.after(closeTimeoutMs, () =>
      this.destroy(new Error('timed out closing the SPDY session')),
    );
    this.closed.then(cancelTimeout);
    await Promise.all(
      [...this.#streams.values()].map((stream) => {
        stream.end();
        // One that fails to end is cut with the connection.
        return finished(stream, { readable: false }).catch(() => {});
      }),
    );
    if (this.#over) return;
    this.#send(this.#writer.goAway(this.#lastPeerStreamId, goAwayStatus.ok));
    this.#socket.end();
    for (const stream of this.#streams.values()) stream.cut(new Error('the SPDY session is closed'), false);
    // What still comes is dropped, but read: closing with it unread would take back what was just sent.
    this.#full.clear();
    this.#socket.resume();
    await this.closed;
  }

  /** Ends the session at once. */
  destroy(error?: Error): void {
    this.#finish(error);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#idle?.touch();
    try {
      for (const frame of this.#reader.read(chunk)) {
        this.#handle(frame);
        if (this.#over) return;
      }
    } catch (error) {
      if (!(error instanceof SpdyProtocolError)) throw error;
      this.#send(this.#writer.goAway(this.#lastPeerStreamId, goAwayStatus.protocolError));
      this.#finish(error);
    }
  }

  #handle(frame: Frame): void {
    if (frame.type === 'data') this.#streams.get(frame.streamId)?.receive(frame.bytes, frame.fin);
    else if (frame.type === 'synStream') this.#acceptStream(frame.streamId, frame.headers, frame.fin);
    else if (frame.type === 'synReply' || frame.type === 'headers') {
      if (frame.type === 'synReply') this.#replies.get(frame.streamId)?.resolve();
      if (frame.fin) this.#streams.get(frame.streamId)?.receive(new Uint8Array(), true);
    } else if (frame.type === 'rstStream') this.#takeReset(frame.streamId, frame.status);
    else if (frame.type === 'settings') this.#takeWindow(frame.values.get(settingIds.initialWindowSize));
    else if (frame.type === 'windowUpdate') {
      // Only a peer that announced a window is held to it; stream 0, the whole session, has none here.
      if (this.#peerWindow !== undefined) this.#streams.get(frame.streamId)?.widen(frame.delta);
    } else if (frame.type === 'ping') this.#takePing(frame.id);
    else {
      this.#peerGoesAway = true;
      if (this.#streams.size === 0) this.#socket.end();
    }
  }

  #takeReset(streamId: number, status: number): void {
    const reason = new Error(`the SPDY stream was reset by the peer (status ${status})`);
    this.#replies.get(streamId)?.reject(reason);
    const stream = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    stream?.cut(reason, true);
  }

  #acceptStream(id: number, headers: SpdyHeaders, fin: boolean): void {
    const ofPeer = id % 2 === (this.#options.side === 'client' ? 0 : 1);
    if (!ofPeer || id <= this.#lastPeerStreamId) {
      this.#send(this.#writer.rstStream(id, resetStatus.protocolError));
      return;
    }
    this.#lastPeerStreamId = id;
    if (this.#streams.size >= maxStreams || !this.#options.accept?.(headers)) {
      this.#send(this.#writer.rstStream(id, resetStatus.refusedStream));
      return;
    }
    const stream = this.#addStream(id, headers);
    this.#send(this.#writer.synReply(id, {}));
    this.#options.onStream?.(stream);
    if (fin) stream.receive(new Uint8Array(), true);
  }

  #addStream(id: number, headers: SpdyHeaders): SpdyStream {
    const window = this.#peerWindow ?? Number.POSITIVE_INFINITY;
    const stream = new SpdyStream({ id, headers, link: this.#link, window });
    this.#streams.set(id, stream);
    return stream;
  }

  #forget(stream: SpdyStream): void {
    this.#streams.delete(stream.id);
    if (this.#peerGoesAway && this.#streams.size === 0 && !this.#over) this.#socket.end();
  }

  /** Once announced, a window binds open streams too (section 2.6.8). */
  #takeWindow(next: number | undefined): void {
    if (next === undefined || this.#over) return;
    const before = this.#peerWindow;
    this.#peerWindow = next;
    for (const stream of this.#streams.values()) {
      stream.widen(before === undefined ? next : next - before);
    }
  }

  #takePing(id: number): void {
    if (id % 2 !== this.#nextPingId % 2) {
      this.#send(this.#writer.ping(id));
      return;
    }
    this.#pings.get(id)?.resolve();
    this.#pings.delete(id);
  }

  #readerKeepsUp(stream: SpdyStream, keepsUp: boolean): void {
    if (keepsUp) {
      if (this.#full.delete(stream) && this.#full.size === 0) this.#socket.resume();
    } else if (this.#peerWindow === undefined) {
      this.#full.add(stream);
      this.#socket.pause();
    } else if (stream.unconsumedBytes > receiveWindowBytes) {
      this.#send(this.#writer.rstStream(stream.id, resetStatus.flowControlError));
      this.#streams.delete(stream.id);
      stream.cut(new Error('the peer sent more than its window'), true);
    }
  }

  #consumed(stream: SpdyStream, length: number): void {
    if (this.#peerWindow !== undefined && this.#streams.has(stream.id))
      this.#send(this.#writer.windowUpdate(stream.id, length));
  }

  #sendData(id: number, bytes: Uint8Array, fin: boolean, done: (error?: Error | null) => void): void {
    if (this.#over || this.#writeFailure) {
      done(this.#writeFailure ?? new Error('the SPDY session is closed'));
      return;
    }
    this.#idle?.touch();
    this.#socket.cork();
    this.#socket.write(this.#writer.dataHeader(id, bytes.length, fin), bytes.length === 0 ? done : undefined);
    if (bytes.length > 0) this.#socket.write(bytes, done);
    this.#socket.uncork();
  }

  #send(frame: Buffer): void {
    if (this.#over || this.#writeFailure) return;
    this.#idle?.touch();
    this.#socket.write(frame);
    if (this.#socket.writableLength > maxUnsentBytes)
      this.#finish(new Error('the SPDY peer does not read what it is sent'));
  }

  #finish(error: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#idle?.stop();
    const reason = error ?? new Error('the SPDY session is closed');
    for (const waiting of [...this.#replies.values(), ...this.#pings.values()]) waiting.reject(reason);
    for (const stream of this.#streams.values()) stream.cut(reason, false);
    this.#streams.clear();
    this.#full.clear();
    this.#pings.clear();
    if (error) this.#socket.destroy();
    else this.#endSocket();
    this.#resolveClosed(error);
  }

  /** Frames already handed to the connection still go out; a peer that does not take them is cut off. */
  #endSocket(): void {
    const socket = this.#socket;
    const destroy = () => socket.destroy();
    // It no longer does so by itself: see readToTheEnd.
    const destroyWhenEnded = () => {
      if (socket.readableEnded && socket.writableFinished) destroy();
    };
    socket.once('close', this.#options.clock.after(closeTimeoutMs, destroy));
    socket.once('end', destroyWhenEnded);
    socket.once('finish', destroyWhenEnded);
    socket.end();
    socket.resume();
    destroyWhenEnded();
  }
}
