import { type Frame, frameFlags, frameTypes, protocolVersion, SpdyProtocolError } from './frames.ts';
import { decodeHeaderBlock } from './header_block.ts';
import { HeaderDecompressor, maxHeaderBlockBytes } from './header_compression.ts';

const headerBytes = 8;

/** Control frames are kept until they are whole; data frames pass through in the pieces in which they come. */
const maxControlBytes = maxHeaderBlockBytes;

/** Cuts the bytes of a connection into frames, whatever the chunks in which they arrive. */
export class FrameReader {
  readonly #headers = new HeaderDecompressor();
  /** The start of a frame that has not come whole. */
  #pending: Buffer = Buffer.alloc(0);
  #data: { streamId: number; fin: boolean; left: number } | undefined;

  /** @throws SpdyProtocolError */
  *read(chunk: Uint8Array): Generator<Frame> {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#pending.length > 0) {
      bytes = Buffer.concat([this.#pending, bytes]);
      this.#pending = Buffer.alloc(0);
    }
    while (true) {
      if (this.#data) {
        if (bytes.length === 0) return;
        const { streamId, fin } = this.#data;
        const piece = bytes.subarray(0, this.#data.left);
        bytes = bytes.subarray(piece.length);
        this.#data.left -= piece.length;
        const last = this.#data.left === 0;
        if (last) this.#data = undefined;
        yield { type: 'data', streamId, fin: last && fin, bytes: piece };
        continue;
      }
      if (bytes.length < headerBytes) break;
      const length = bytes.readUIntBE(5, 3);
      const flags = bytes[4]!;
      if ((bytes[0]! & 0x80) === 0) {
        const streamId = bytes.readUInt32BE(0);
        const fin = (flags & frameFlags.fin) !== 0;
        bytes = bytes.subarray(headerBytes);
        if (length > 0) this.#data = { streamId, fin, left: length };
        else yield { type: 'data', streamId, fin, bytes: Buffer.alloc(0) };
        continue;
      }
      if (length > maxControlBytes) throw new SpdyProtocolError('control frame is too long');
      if (bytes.length < headerBytes + length) break;
      const frame = this.#controlFrame(bytes, flags, bytes.subarray(headerBytes, headerBytes + length));
      bytes = bytes.subarray(headerBytes + length);
      if (frame) yield frame;
    }
    // A copy: what is left must not keep the whole chunk alive.
    this.#pending = Buffer.from(bytes);
  }

  /** Undefined for types that SPDY/3.1 does not have: they are skipped. */
  #controlFrame(header: Buffer, flags: number, payload: Buffer): Frame | undefined {
    if ((header.readUInt16BE(0) & 0x7fff) !== protocolVersion)
      throw new SpdyProtocolError('frame is of another version of SPDY');
    const fin = (flags & frameFlags.fin) !== 0;
    const word = (index: number) => {
      if (payload.length < index * 4 + 4) throw new SpdyProtocolError('control frame is cut short');
      return payload.readUInt32BE(index * 4);
    };
    const headersAfter = (offset: number) =>
      decodeHeaderBlock(this.#headers.decompress(payload.subarray(offset)));

    switch (header.readUInt16BE(2)) {
      case frameTypes.synStream:
        return { type: 'synStream', streamId: word(0) & 0x7fffffff, fin, headers: headersAfter(10) };
      case frameTypes.synReply:
        return { type: 'synReply', streamId: word(0) & 0x7fffffff, fin, headers: headersAfter(4) };
      case frameTypes.headers:
        return { type: 'headers', streamId: word(0) & 0x7fffffff, fin, headers: headersAfter(4) };
      case frameTypes.rstStream:
        return { type: 'rstStream', streamId: word(0) & 0x7fffffff, status: word(1) };
      case frameTypes.settings: {
        const values = new Map<number, number>();
        const count = word(0);
        for (let i = 0; i < count; i++) values.set(word(1 + i * 2) & 0xffffff, word(2 + i * 2));
        return { type: 'settings', values };
      }
      case frameTypes.ping:
        return { type: 'ping', id: word(0) };
      case frameTypes.goAway:
        return { type: 'goAway', lastStreamId: word(0) & 0x7fffffff, status: word(1) };
      case frameTypes.windowUpdate:
        return { type: 'windowUpdate', streamId: word(0) & 0x7fffffff, delta: word(1) & 0x7fffffff };
      default:
        return undefined;
    }
  }
}
