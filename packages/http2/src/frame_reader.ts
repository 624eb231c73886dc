// Frames out of a stream of bytes, cut anywhere (RFC 9113, 4.1).
import {
  ConnectionError,
  clientPreface,
  defaultMaxFrameSize,
  errorCode,
  frameHeaderLength,
  read31,
} from './protocol.ts';

export interface FrameSink {
  /** `payload` lies within what was received, where it arrived whole: to be kept, not to be changed. */
  frame(type: number, flags: number, streamId: number, payload: Uint8Array): void;
}

const preface = Uint8Array.from(clientPreface, (character) => character.charCodeAt(0));
const nothing = new Uint8Array(0);

export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxFrameSize: number;
  #prefaceSeen = 0;
  /** The beginning of a frame whose end has not come: its header first, then all of it. */
  #partial = nothing;
  #filled = 0;
  #stopped = false;

  constructor(sink: FrameSink, maxFrameSize = defaultMaxFrameSize) {
    this.#sink = sink;
    this.#maxFrameSize = maxFrameSize;
  }

  /** Hands on every frame that is complete. @throws ConnectionError */
  receive(bytes: Uint8Array): void {
    let at = this.#prefaceSeen < preface.length ? this.#readPreface(bytes) : 0;
    while (at < bytes.length && !this.#stopped) {
      if (this.#filled > 0 || bytes.length - at < frameHeaderLength) at = this.#fill(bytes, at);
      else {
        const length = this.#lengthAt(bytes, at);
        const end = at + frameHeaderLength + length;
        if (end > bytes.length) at = this.#fill(bytes, at);
        else {
          this.#dispatch(bytes, at, end);
          at = end;
        }
      }
    }
  }

  /** Nothing more is handed on, also of what is being read at this moment. */
  stop(): void {
    this.#stopped = true;
    this.#partial = nothing;
  }

  #readPreface(bytes: Uint8Array): number {
    const rest = preface.subarray(this.#prefaceSeen);
    const length = Math.min(rest.length, bytes.length);
    for (let i = 0; i < length; i++)
      if (bytes[i] !== rest[i])
        throw new ConnectionError(errorCode.protocolError, 'the connection preface is another');
    this.#prefaceSeen += length;
    return length;
  }

  /** Takes what is missing of the frame under way; returns where the rest begins. */
  #fill(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#filled < frameHeaderLength) {
      if (this.#filled === 0) this.#partial = new Uint8Array(frameHeaderLength);
      at = this.#copy(bytes, at, frameHeaderLength);
      if (this.#filled < frameHeaderLength) return at;
      const length = this.#lengthAt(this.#partial, 0);
      const whole = new Uint8Array(frameHeaderLength + length);
      whole.set(this.#partial);
      this.#partial = whole;
    }
    const whole = this.#partial;
    at = this.#copy(bytes, at, whole.length);
    if (this.#filled === whole.length) {
      this.#filled = 0;
      this.#partial = nothing;
      this.#dispatch(whole, 0, whole.length);
    }
    return at;
  }

  #copy(bytes: Uint8Array, at: number, upTo: number): number {
    const end = Math.min(bytes.length, at + upTo - this.#filled);
    this.#partial.set(bytes.subarray(at, end), this.#filled);
    this.#filled += end - at;
    return end;
  }

  #lengthAt(bytes: Uint8Array, at: number): number {
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (length > this.#maxFrameSize)
      throw new ConnectionError(errorCode.frameSizeError, 'a frame is longer than allowed');
    return length;
  }

  #dispatch(bytes: Uint8Array, at: number, end: number): void {
    const payload = bytes.subarray(at + frameHeaderLength, end);
    this.#sink.frame(bytes[at + 3]!, bytes[at + 4]!, read31(bytes, at + 5), payload);
  }
}
