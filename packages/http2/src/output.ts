// Frames on their way out. Those of one turn of the loop, of all streams of a connection, go out as one write.
import type { BlockPool } from './block_pool.ts';
import { blockSize } from './block_pool.ts';
import { flag, frameHeaderLength, frameType } from './protocol.ts';

/** The connection beneath: a TLS socket, or a test. */
export interface Transport {
  /** `taken` is called, never from within, when the bytes are on their way and their memory is free. */
  write(bytes: Uint8Array, taken: () => void): void;
  /** Closes for writing after what was written. */
  end(): void;
  destroy(): void;
}

export interface OutputOptions {
  transport: Transport;
  pool: BlockPool;
  /** Runs `work` later in this turn of the loop. */
  defer(work: () => void): void;
  /** Is called before each write, to add what waits for room. */
  fill(): void;
}

interface Block {
  bytes: Uint8Array;
  length: number;
}

/** DATA isn't cut into smaller pieces than this at the end of a block. */
const smallestPiece = 1_024;

export class Output {
  readonly #options: OutputOptions;
  readonly #full: Block[] = [];
  #fullBytes = 0;
  #bytes: Uint8Array | undefined;
  #length = 0;
  /** Where the last frame begins, when it is DATA of `#openStream` that may still grow; else -1. */
  #open = -1;
  #openStream = 0;
  #openMaxLength = 0;
  #isWriting = false;
  #isDeferred = false;
  #isEnded = false;
  #isDestroyed = false;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** Bytes that wait for a write. What is being written, one block at most, is not among them. */
  get pendingBytes(): number {
    return this.#fullBytes + this.#length;
  }

  /** Whether DATA may be added: one block of it waits at most. Other frames are few, and always may. */
  get hasRoom(): boolean {
    return this.#full.length === 0 && !this.#isEnded;
  }

  frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const length = frameHeaderLength + payload.length;
    if (this.#isEnded) return;
    const bytes = this.#reserve(length);
    writeFrameHeader(bytes, this.#length, payload.length, type, flags, streamId);
    bytes.set(payload, this.#length + frameHeaderLength);
    this.#length += length;
    this.#open = -1;
    this.wake();
  }

  /**
   * Adds DATA, as much of `chunk` from `start` to `end` as there is room for, in frames up to `maxFrameSize`; returns
   * how much. Pieces of one stream that follow one another share a frame.
   */
  data(streamId: number, chunk: Uint8Array, start: number, end: number, maxFrameSize: number): number {
    this.wake();
    let at = this.#grow(streamId, chunk, start, end);
    while (at < end && this.hasRoom) {
      const bytes = this.#reserve(frameHeaderLength + Math.min(end - at, smallestPiece));
      const space = bytes.length - this.#length - frameHeaderLength;
      const length = Math.min(end - at, space, maxFrameSize);
      writeFrameHeader(bytes, this.#length, length, frameType.data, 0, streamId);
      this.#open = this.#length;
      this.#openStream = streamId;
      this.#openMaxLength = maxFrameSize;
      this.#length += frameHeaderLength;
      this.#copy(chunk, at, at + length);
      at += length;
    }
    return at - start;
  }

  /** The stream's last frame says that it is the last. */
  endStream(streamId: number): void {
    if (this.#open >= 0 && this.#openStream === streamId) {
      this.#bytes![this.#open + 4]! |= flag.endStream;
      this.#open = -1;
    } else this.frame(frameType.data, flag.endStream, streamId, nothing);
  }

  /** Something is to be written, in this turn. */
  wake(): void {
    if (this.#isDeferred || this.#isWriting || this.#isDestroyed) return;
    this.#isDeferred = true;
    this.#options.defer(this.#flush);
  }

  /** Closes the connection once everything is written. Nothing can be added any more. */
  end(): void {
    this.#isEnded = true;
    this.wake();
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isEnded = true;
    this.#isDestroyed = true;
    const { pool, transport } = this.#options;
    for (const { bytes } of this.#full.splice(0)) pool.give(bytes);
    if (this.#bytes) pool.give(this.#bytes);
    this.#bytes = undefined;
    this.#length = 0;
    this.#open = -1;
    transport.destroy();
  }

  readonly #flush = (): void => {
    // Set until it is filled: what is added then needs no other turn.
    if (!this.#isEnded) this.#options.fill();
    this.#isDeferred = false;
    if (this.#isDestroyed) return;
    const block = this.#takeFull() ?? this.#takeBlock();
    const { transport, pool } = this.#options;
    if (!block) {
      if (this.#isEnded) transport.end();
      return;
    }
    this.#isWriting = true;
    transport.write(block.bytes.subarray(0, block.length), () => {
      pool.give(block.bytes);
      this.#isWriting = false;
      this.#isDeferred = true;
      this.#flush();
    });
  };

  /** Adds to the frame that was written last, where it is of this stream. */
  #grow(streamId: number, chunk: Uint8Array, start: number, end: number): number {
    if (this.#open < 0 || this.#openStream !== streamId) return start;
    const before = this.#length - this.#open - frameHeaderLength;
    const length = Math.min(end - start, this.#openMaxLength - before, this.#bytes!.length - this.#length);
    if (length <= 0) return start;
    this.#copy(chunk, start, start + length);
    writeLength(this.#bytes!, this.#open, before + length);
    return start + length;
  }

  #copy(chunk: Uint8Array, start: number, end: number): void {
    const whole = start === 0 && end === chunk.length;
    this.#bytes!.set(whole ? chunk : chunk.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** The block to write to, which has room for `length`. */
  #reserve(length: number): Uint8Array {
    if (this.#bytes && this.#length + length <= this.#bytes.length) return this.#bytes;
    const block = this.#takeBlock();
    if (block) {
      this.#full.push(block);
      this.#fullBytes += block.length;
    }
    // Only header blocks can be as long.
    this.#bytes = length > blockSize ? new Uint8Array(length) : this.#options.pool.take();
    return this.#bytes;
  }

  #takeFull(): Block | undefined {
    const block = this.#full.shift();
    if (block) this.#fullBytes -= block.length;
    return block;
  }

  #takeBlock(): Block | undefined {
    const bytes = this.#bytes;
    const length = this.#length;
    this.#bytes = undefined;
    this.#length = 0;
    this.#open = -1;
    if (bytes && length === 0) this.#options.pool.give(bytes);
    return bytes && length > 0 ? { bytes, length } : undefined;
  }
}

const nothing = new Uint8Array(0);

function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  writeLength(bytes, at, length);
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes[at + 5] = streamId >>> 24;
  bytes[at + 6] = streamId >>> 16;
  bytes[at + 7] = streamId >>> 8;
  bytes[at + 8] = streamId;
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
}
