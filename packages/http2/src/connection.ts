// A connection of a client: the server's side of HTTP/2 (RFC 9113) over any transport.
import type { Clock } from '@kubets/base';
import type { BlockPool } from './block_pool.ts';
import { FrameReader } from './frame_reader.ts';
import { HpackEncoder } from './hpack/encoder.ts';
import { type FrameReceiver, IncomingFrames } from './incoming.ts';
import { Output, type Transport } from './output.ts';
import {
  ConnectionError,
  defaultMaxFrameSize,
  defaultWindowSize,
  type ErrorCode,
  errorCode,
  flag,
  frameType,
  max31,
  StreamError,
  setting,
} from './protocol.ts';
import type { RequestHeaderList } from './request_headers.ts';
import { headerTreatment } from './response_headers.ts';
import { defaultPeerSettings, type PeerSettings, readSettings, writeSettings } from './settings.ts';
import { type ResponseHeaders, ServerStream, type StreamOwner } from './stream.ts';
import { StreamTable } from './stream_table.ts';

export interface ServerConnectionOptions {
  transport: Transport;
  /** Shared by the connections of a server. */
  pool: BlockPool;
  clock: Clock;
  /** Runs `work` later in this turn of the loop: what is sent until then goes out together. */
  defer(work: () => void): void;
  /** Answers a request. The stream counts as busy until it resolves, even if the client has gone. Never rejects. */
  serve(stream: ServerStream): Promise<void>;
  maxConcurrentStreams?: number;
  maxHeaderListSize?: number;
}

/** Of a stream's body this much may be under way, and of all streams together. */
const streamWindow = 256 * 1024;
const connectionWindow = 4 * 1024 * 1024;
/** Bytes of a stream at a time, so that one large answer doesn't hold up the others. */
const turnBytes = 64 * 1024;
/** A client may allow more, but the others wait while a frame is sent. */
const maxSentFrameSize = 64 * 1024;
/** Answers to PING and SETTINGS, headers: what may wait for a client that sends but doesn't read. */
const maxPendingBytes = 4 * 1024 * 1024;
/** For the preface, and for the end of a header block that was begun. */
const patienceMs = 10_000;
/** Between the announcement of a shutdown and the end of new streams, unless the client is known to have heard. */
const farewellMs = 1_000;
const shutdownPing = Uint8Array.from('shutdown', (character) => character.charCodeAt(0));

export class ServerConnection implements StreamOwner, FrameReceiver {
  readonly output: Output;
  readonly streams = new StreamTable();
  sendWindow = defaultWindowSize;
  maxFrameSize = defaultMaxFrameSize;
  readonly #options: ServerConnectionOptions;
  readonly #maxConcurrentStreams: number;
  readonly #incoming: IncomingFrames;
  readonly #reader: FrameReader;
  readonly #encoder = new HpackEncoder({ treatment: headerTreatment });
  #peer: Readonly<PeerSettings> = defaultPeerSettings;
  #receiveWindow = connectionWindow;
  /** Streams that have something to send, in the order of their turns. */
  #ready: ServerStream[] = [];
  /** Handlers that are running, of streams that may be gone. */
  #busy = 0;
  #state: 'open' | 'leaving' | 'left' | 'over' = 'open';
  #cancelPatience: (() => void) | undefined;
  #cancelFarewell: (() => void) | undefined;

  constructor(options: ServerConnectionOptions) {
    const {
      transport,
      pool,
      defer,
      clock,
      maxConcurrentStreams = 1_000,
      maxHeaderListSize = 1 << 20,
    } = options;
    this.#options = options;
    this.#maxConcurrentStreams = maxConcurrentStreams;
    this.output = new Output({ transport, pool, defer, fill: () => this.#fill() });
    this.#incoming = new IncomingFrames({ receiver: this, clock, maxHeaderListSize });
    this.#reader = new FrameReader(this.#incoming);
    this.output.frame(
      frameType.settings,
      0,
      0,
      writeSettings({
        [setting.maxConcurrentStreams]: maxConcurrentStreams,
        [setting.initialWindowSize]: streamWindow,
        [setting.maxHeaderListSize]: maxHeaderListSize,
      }),
    );
    this.#writeWindowUpdate(0, connectionWindow - defaultWindowSize);
    this.#waitPatiently();
  }

  /** Nothing is read any more: the client was at fault, or has gone. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Bytes of the client. They are kept where they are part of a body, and must not be changed. */
  receive(bytes: Uint8Array): void {
    if (this.isOver) return;
    try {
      this.#reader.receive(bytes);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#fail(error);
    }
    if (this.isOver) return;
    if (this.#incoming.hasBegun && !this.#incoming.isWithinHeaders) {
      this.#cancelPatience?.();
      this.#cancelPatience = undefined;
    } else if (!this.#cancelPatience) this.#waitPatiently();
  }

  /** The transport has closed. */
  lost(): void {
    this.#finish();
    this.output.destroy();
  }

  /**
   * Lets running streams finish and takes no new ones (6.8): first says that it is going, with the highest number,
   * then, when requests that were under way have come, which was the last.
   */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#goAway(max31, errorCode.noError, '');
    this.output.frame(frameType.ping, 0, 0, shutdownPing);
    this.#cancelFarewell = this.#options.clock.after(farewellMs, () => this.#leave());
  }

  destroy(): void {
    this.lost();
  }

  // Of streams:

  writeHeaders(streamId: number, status: number, headers: ResponseHeaders): void {
    const block = this.#encoder.encode(status, headers);
    const size = this.#peer.maxFrameSize;
    if (block.length <= size) {
      this.output.frame(frameType.headers, flag.endHeaders, streamId, block);
    } else {
      this.output.frame(frameType.headers, 0, streamId, block.subarray(0, size));
      for (let at = size; at < block.length; at += size) {
        const flags = at + size >= block.length ? flag.endHeaders : 0;
        this.output.frame(frameType.continuation, flags, streamId, block.subarray(at, at + size));
      }
    }
    this.#boundOutput();
  }

  schedule(stream: ServerStream): void {
    if (stream.isScheduled) return;
    stream.isScheduled = true;
    this.#ready.push(stream);
    this.output.wake();
  }

  bodyRead(stream: ServerStream, bytes: number): void {
    stream.unacknowledged += bytes;
    if (stream.unacknowledged < streamWindow / 2 || stream.hasEndedRequest) return;
    this.#writeWindowUpdate(stream.id, stream.unacknowledged);
    stream.receiveWindow += stream.unacknowledged;
    stream.unacknowledged = 0;
  }

  resetStream(stream: ServerStream, code: ErrorCode): void {
    this.#writeReset(stream.id, code);
    this.closeStream(stream);
  }

  answered(stream: ServerStream): void {
    if (stream.hasEndedRequest) this.closeStream(stream);
    // The answer was there before the request: the client may keep the rest of it (8.1).
    else this.resetStream(stream, errorCode.noError);
  }

  // Of frames:

  open(id: number, list: RequestHeaderList, endsStream: boolean): void {
    if (this.#state === 'left') {
      this.streams.rememberReset(id);
      return;
    }
    // A handler runs on when its stream is reset: who resets may not have more of them than who waits.
    if (Math.max(this.streams.size, this.#busy) >= this.#maxConcurrentStreams)
      throw new StreamError(id, errorCode.refusedStream, 'too many streams at once');
    const headers = list.isTooLarge ? {} : list.request();
    if (!headers || (endsStream && list.contentLength))
      throw new StreamError(id, errorCode.protocolError, 'the headers are malformed');
    const stream = new ServerStream(this, {
      id,
      headers,
      hasBody: !endsStream,
      contentLength: list.contentLength,
      sendWindow: this.#peer.initialWindowSize,
      receiveWindow: streamWindow,
    });
    this.streams.add(stream);
    // Nobody tunnels through this server.
    const refusal = list.isTooLarge ? 431 : headers[':method'] === 'CONNECT' ? 405 : undefined;
    if (refusal) refuse(stream, refusal);
    else {
      this.#busy += 1;
      void this.#options.serve(stream).then(this.#served);
    }
  }

  endRequest(stream: ServerStream): void {
    stream.hasEndedRequest = true;
    stream.body!.end();
    if (stream.hasEndedAnswer) this.closeStream(stream);
  }

  closeStream(stream: ServerStream): void {
    this.streams.delete(stream.id);
    stream.close();
    if (this.#state === 'left' && this.streams.size === 0) this.output.end();
  }

  failStream(streamId: number, { code }: StreamError): void {
    this.#writeReset(streamId, code);
    const stream = this.streams.get(streamId);
    if (stream) this.closeStream(stream);
  }

  applySettings(payload: Uint8Array): void {
    const before = this.#peer;
    const now = (this.#peer = readSettings(payload, before));
    this.#encoder.allow(now.headerTableSize);
    this.maxFrameSize = Math.min(now.maxFrameSize, maxSentFrameSize);
    const change = now.initialWindowSize - before.initialWindowSize;
    if (change === 0) return;
    // Streams that are open gain or lose the difference, and may owe some then (6.9.2).
    for (const stream of this.streams)
      if (!stream.widen(change))
        throw new ConnectionError(errorCode.flowControlError, 'the window of a stream is larger than can be');
  }

  widen(by: number): void {
    this.sendWindow += by;
    if (this.sendWindow > max31)
      throw new ConnectionError(errorCode.flowControlError, 'the window is larger than can be');
    if (this.#ready.length > 0) this.output.wake();
  }

  /** Opened again at once: how much may wait is a matter of the streams' windows. */
  takeFromWindow(bytes: number): void {
    this.#receiveWindow -= bytes;
    if (this.#receiveWindow < 0)
      throw new ConnectionError(errorCode.flowControlError, 'more DATA than the window allows');
    if (this.#receiveWindow > connectionWindow / 2) return;
    this.#writeWindowUpdate(0, connectionWindow - this.#receiveWindow);
    this.#receiveWindow = connectionWindow;
  }

  answer(type: number, payload: Uint8Array): void {
    this.output.frame(type, flag.ack, 0, payload);
    this.#boundOutput();
  }

  pingAnswered(payload: Uint8Array): void {
    if (this.#state === 'leaving' && payload.every((byte, index) => byte === shutdownPing[index]))
      this.#leave();
  }

  readonly #served = (): void => {
    this.#busy -= 1;
  };

  /** Gives streams their turns while there is room. */
  #fill(): void {
    let isMoving = true;
    while (isMoving && this.#ready.length > 0 && this.output.hasRoom) {
      isMoving = false;
      const turn = this.#ready;
      this.#ready = [];
      /** They come first the next time. */
      const waiting: ServerStream[] = [];
      for (const stream of turn) {
        const before = this.sendWindow;
        stream.isScheduled = false;
        const hasMore = stream.send(turnBytes);
        const sent = before - this.sendWindow;
        if (sent > 0) {
          isMoving = true;
          // Who is sent much has much to acknowledge.
          this.#incoming.idle.earn(2 + (sent >>> 11));
        }
        if (!hasMore || stream.isScheduled) continue;
        stream.isScheduled = true;
        (sent > 0 ? this.#ready : waiting).push(stream);
      }
      if (waiting.length > 0) this.#ready = waiting.concat(this.#ready);
    }
  }

  #leave(): void {
    if (this.#state !== 'leaving') return;
    this.#cancelFarewell?.();
    this.#state = 'left';
    this.#goAway(this.streams.lastId, errorCode.noError, '');
    if (this.streams.size === 0) this.output.end();
  }

  #fail({ code, message }: ConnectionError): void {
    this.#goAway(this.streams.lastId, code, message);
    this.#finish();
    this.output.end();
    // A client that doesn't read won't see the reason.
    this.#cancelFarewell = this.#options.clock.after(farewellMs, () => this.output.destroy());
  }

  /** Nothing is read any more, and every stream is over. */
  #finish(): void {
    this.#state = 'over';
    this.#reader.stop();
    this.#cancelPatience?.();
    this.#cancelFarewell?.();
    this.#ready = [];
    for (const stream of this.streams) {
      this.streams.delete(stream.id);
      stream.close();
    }
  }

  #waitPatiently(): void {
    this.#cancelPatience = this.#options.clock.after(patienceMs, () => {
      this.#fail(new ConnectionError(errorCode.settingsTimeout, 'the client is too slow'));
    });
  }

  /** Who asks for answers and doesn't read them gets no more. */
  #boundOutput(): void {
    if (this.output.pendingBytes <= maxPendingBytes) return;
    this.#finish();
    this.output.destroy();
  }

  #goAway(lastStreamId: number, code: ErrorCode, message: string): void {
    const payload = new Uint8Array(8 + message.length);
    const view = new DataView(payload.buffer);
    view.setUint32(0, lastStreamId);
    view.setUint32(4, code);
    for (let i = 0; i < message.length; i++) payload[8 + i] = message.charCodeAt(i);
    this.output.frame(frameType.goaway, 0, 0, payload);
  }

  #writeReset(streamId: number, code: ErrorCode): void {
    this.streams.rememberReset(streamId);
    this.output.frame(frameType.rstStream, 0, streamId, uint32(code));
    this.#boundOutput();
  }

  #writeWindowUpdate(streamId: number, by: number): void {
    this.output.frame(frameType.windowUpdate, 0, streamId, uint32(by));
  }
}

function refuse(stream: ServerStream, status: number): void {
  stream.respond(status, { 'content-length': 0 });
  stream.end();
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
