// Header blocks out of HEADERS and the CONTINUATIONs behind it (RFC 9113, 6.2 and 6.10).
import { ConnectionError, errorCode, flag, read31 } from './protocol.ts';

export interface HeaderBlock {
  streamId: number;
  endsStream: boolean;
  bytes: Uint8Array;
}

/** A block at the limit in full frames takes half as many. */
const maxContinuations = 128;
const priorityLength = 5;

export class HeaderBlockReader {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  /** Whose block is open: nothing else may come before its end. 0: none is. */
  openStreamId = 0;
  #endsStream = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The block, when it is complete. @throws ConnectionError */
  headers(flags: number, streamId: number, payload: Uint8Array): HeaderBlock | undefined {
    let bytes = withoutPadding(flags, payload);
    if (flags & flag.priority) {
      if (bytes.length < priorityLength)
        throw new ConnectionError(errorCode.frameSizeError, 'HEADERS end before their priority');
      if (read31(bytes, 0) === streamId)
        throw new ConnectionError(errorCode.protocolError, 'a stream depends on itself');
      bytes = bytes.subarray(priorityLength);
    }
    const endsStream = (flags & flag.endStream) !== 0;
    if (flags & flag.endHeaders) return { streamId, endsStream, bytes };
    this.openStreamId = streamId;
    this.#endsStream = endsStream;
    this.#add(bytes);
    return undefined;
  }

  /** The block, when this was its last part. @throws ConnectionError */
  continuation(flags: number, streamId: number, payload: Uint8Array): HeaderBlock | undefined {
    if (streamId === 0 || streamId !== this.openStreamId)
      throw new ConnectionError(errorCode.protocolError, 'CONTINUATION of nothing');
    this.#add(payload);
    if (!(flags & flag.endHeaders)) return undefined;
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#length = 0;
    this.openStreamId = 0;
    return { streamId, endsStream: this.#endsStream, bytes };
  }

  // Without these limits a block that never ends fills memory, or, in empty frames, time (CVE-2024-27316).
  #add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    this.#parts.push(bytes);
    if (this.#length > this.#maxBytes || this.#parts.length > maxContinuations)
      throw new ConnectionError(errorCode.enhanceYourCalm, 'a header block is too long');
  }
}

/** What a HEADERS or DATA frame holds (6.1). @throws ConnectionError */
export function withoutPadding(flags: number, payload: Uint8Array): Uint8Array {
  if (!(flags & flag.padded)) return payload;
  const padding = payload[0];
  if (padding === undefined) throw new ConnectionError(errorCode.frameSizeError, 'a padded frame is empty');
  if (padding >= payload.length)
    throw new ConnectionError(errorCode.protocolError, 'the padding is longer than the frame');
  return payload.subarray(1, payload.length - padding);
}
