// What each frame of a client means (RFC 9113, 6), and which of them are too many.
import type { Clock } from '@kubets/base';
import { Budget } from './budget.ts';
import type { FrameSink } from './frame_reader.ts';
import { checkFrame } from './frame_rules.ts';
import { type HeaderBlock, HeaderBlockReader, withoutPadding } from './header_blocks.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { ConnectionError, errorCode, flag, frameType, read31, StreamError } from './protocol.ts';
import { type RequestField, RequestHeaderList, requestField } from './request_headers.ts';
import type { ServerStream } from './stream.ts';
import type { StreamTable } from './stream_table.ts';

/** What frames do to the connection. */
export interface FrameReceiver {
  readonly streams: StreamTable;
  /** A stream that is opened, by fields that may be malformed. @throws StreamError */
  open(streamId: number, list: RequestHeaderList, endsStream: boolean): void;
  /** The client will send nothing more on the stream. */
  endRequest(stream: ServerStream): void;
  /** The client has reset the stream, or has lost it by a fault of its own. */
  closeStream(stream: ServerStream): void;
  failStream(streamId: number, error: StreamError): void;
  applySettings(payload: Uint8Array): void;
  /** Of the connection's window: what the client may now be sent, and what it has used of ours. */
  widen(by: number): void;
  takeFromWindow(bytes: number): void;
  answer(type: number, payload: Uint8Array): void;
  pingAnswered(payload: Uint8Array): void;
}

export interface IncomingOptions {
  receiver: FrameReceiver;
  clock: Clock;
  maxHeaderListSize: number;
}

const nothing = new Uint8Array(0);

export class IncomingFrames implements FrameSink {
  readonly #receiver: FrameReceiver;
  readonly #streams: StreamTable;
  readonly #maxHeaderListSize: number;
  readonly #blocks: HeaderBlockReader;
  readonly #decoder = new HpackDecoder<RequestField>({ makeField: requestField });
  /** Frames that ask for work but bring none: PING, SETTINGS, WINDOW_UPDATE, empty DATA. Work that is done earns some. */
  readonly idle: Budget;
  /** Streams that are begun and broken off (CVE-2023-44487); breaking them by a fault is no other. */
  readonly #resets: Budget;
  #settingsSeen = false;

  constructor({ receiver, clock, maxHeaderListSize }: IncomingOptions) {
    this.#receiver = receiver;
    this.#streams = receiver.streams;
    this.#maxHeaderListSize = maxHeaderListSize;
    this.#blocks = new HeaderBlockReader(maxHeaderListSize);
    this.idle = new Budget({ clock, capacity: 10_000, perSecond: 200 });
    this.#resets = new Budget({ clock, capacity: 2_000, perSecond: 100 });
  }

  /** The client has said what it must say first. */
  get hasBegun(): boolean {
    return this.#settingsSeen;
  }

  get isWithinHeaders(): boolean {
    return this.#blocks.openStreamId !== 0;
  }

  /** @throws ConnectionError */
  frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    if (!this.#settingsSeen && (type !== frameType.settings || flags & flag.ack))
      throw new ConnectionError(errorCode.protocolError, 'the first frame is not SETTINGS');
    if (this.isWithinHeaders && type !== frameType.continuation)
      throw new ConnectionError(errorCode.protocolError, 'a frame comes within a header block');
    try {
      checkFrame(type, flags, streamId, payload);
      this.#take(type, flags, streamId, payload);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#spend(this.#resets);
      this.#receiver.failStream(error.streamId, error);
    }
  }

  #take(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    switch (type) {
      case frameType.data:
        this.#data(flags, streamId, payload);
        return;
      case frameType.headers:
        this.#block(this.#blocks.headers(flags, streamId, payload));
        return;
      case frameType.continuation:
        this.#block(this.#blocks.continuation(flags, streamId, payload));
        return;
      case frameType.rstStream:
        this.#rstStream(streamId);
        return;
      case frameType.windowUpdate:
        this.#windowUpdate(streamId, read31(payload, 0));
        return;
      case frameType.settings:
        this.#settings(flags, payload);
        return;
      case frameType.ping:
        this.#ping(flags, payload);
        return;
      // GOAWAY asks nothing of a server, which opens no streams; other types are for extensions, and ignored (5.5).
      default:
        this.#spend(this.idle);
    }
  }

  #data(flags: number, streamId: number, payload: Uint8Array): void {
    const { length } = payload;
    this.#receiver.takeFromWindow(length);
    const endsStream = (flags & flag.endStream) !== 0;
    if (length === 0 && !endsStream) this.#spend(this.idle);
    else this.idle.earn(1);
    const stream = this.#streams.get(streamId);
    if (!stream) {
      this.#dataOfNoStream(streamId);
      return;
    }
    if (stream.hasEndedRequest)
      throw new StreamError(streamId, errorCode.streamClosed, 'DATA after the end of the request');
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0)
      throw new StreamError(streamId, errorCode.flowControlError, 'more DATA than the window allows');
    const content = withoutPadding(flags, payload);
    stream.received += content.length;
    stream.body!.skip(length - content.length);
    if (stream.contentLength !== undefined && stream.received > stream.contentLength)
      throw new StreamError(streamId, errorCode.protocolError, 'the body is longer than its content-length');
    if (content.length > 0) stream.body!.push(content);
    if (endsStream) this.#endRequest(stream);
  }

  #dataOfNoStream(streamId: number): void {
    if (this.#streams.isIdle(streamId))
      throw new ConnectionError(errorCode.protocolError, 'DATA of a stream that was never opened');
    if (!this.#streams.wasReset(streamId))
      throw new StreamError(streamId, errorCode.streamClosed, 'DATA of a closed stream');
  }

  #endRequest(stream: ServerStream): void {
    const { contentLength, received, id } = stream;
    if (contentLength !== undefined && received !== contentLength)
      throw new StreamError(id, errorCode.protocolError, 'the body is shorter than its content-length');
    this.#receiver.endRequest(stream);
  }

  #block(block: HeaderBlock | undefined): void {
    if (!block) return;
    const { streamId, endsStream, bytes } = block;
    const list = new RequestHeaderList(this.#maxHeaderListSize);
    // Whatever becomes of the stream: the table has to go along.
    this.#decoder.decode(bytes, list);
    const stream = this.#streams.get(streamId);
    if (stream) {
      this.#trailers(stream, list, endsStream);
      return;
    }
    if (streamId % 2 === 0)
      throw new ConnectionError(errorCode.protocolError, 'a client opens streams of odd numbers');
    if (streamId <= this.#streams.lastId) {
      if (this.#streams.wasReset(streamId)) return;
      throw new ConnectionError(errorCode.streamClosed, 'HEADERS of a closed stream');
    }
    this.#streams.lastId = streamId;
    this.idle.earn(2);
    this.#receiver.open(streamId, list, endsStream);
  }

  /** They are read and ignored. */
  #trailers(stream: ServerStream, list: RequestHeaderList, endsStream: boolean): void {
    if (stream.hasEndedRequest)
      throw new StreamError(stream.id, errorCode.streamClosed, 'HEADERS after the end of the request');
    if (!endsStream || !list.areTrailers)
      throw new StreamError(stream.id, errorCode.protocolError, 'HEADERS within a body are no trailers');
    this.#endRequest(stream);
  }

  #rstStream(streamId: number): void {
    const stream = this.#streams.get(streamId);
    if (stream) {
      if (!stream.hasEndedAnswer) this.#spend(this.#resets);
      this.#receiver.closeStream(stream);
      return;
    }
    if (this.#streams.isIdle(streamId))
      throw new ConnectionError(errorCode.protocolError, 'RST_STREAM of a stream that was never opened');
    this.#spend(this.idle);
  }

  #windowUpdate(streamId: number, increment: number): void {
    this.#spend(this.idle);
    if (streamId === 0) {
      if (increment === 0) throw new ConnectionError(errorCode.protocolError, 'WINDOW_UPDATE by nothing');
      this.#receiver.widen(increment);
      return;
    }
    const stream = this.#streams.get(streamId);
    if (!stream) {
      if (!this.#streams.isIdle(streamId)) return;
      throw new ConnectionError(errorCode.protocolError, 'WINDOW_UPDATE of a stream that was never opened');
    }
    if (increment === 0) throw new StreamError(streamId, errorCode.protocolError, 'WINDOW_UPDATE by nothing');
    if (!stream.widen(increment))
      throw new StreamError(streamId, errorCode.flowControlError, 'the window is larger than can be');
  }

  #ping(flags: number, payload: Uint8Array): void {
    if (flags & flag.ack) {
      this.#receiver.pingAnswered(payload);
      return;
    }
    this.#spend(this.idle);
    this.#receiver.answer(frameType.ping, payload);
  }

  #settings(flags: number, payload: Uint8Array): void {
    if (flags & flag.ack) return;
    this.#spend(this.idle);
    this.#receiver.applySettings(payload);
    this.#settingsSeen = true;
    this.#receiver.answer(frameType.settings, nothing);
  }

  #spend(budget: Budget): void {
    if (!budget.spend())
      throw new ConnectionError(errorCode.enhanceYourCalm, 'too many frames to no purpose');
  }
}
