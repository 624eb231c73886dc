import { frameFlags, frameTypes, protocolVersion, type SpdyHeaders, settingIds } from './frames.ts';
import { encodeHeaderBlock } from './header_block.ts';
import { HeaderCompressor } from './header_compression.ts';

/**
 * Makes the bytes of frames. Frames with headers must be sent in the order in which they were made, since all of
 * them share one compression window.
 */
export class FrameWriter {
  readonly #headers = new HeaderCompressor();

  synStream(streamId: number, headers: SpdyHeaders, fin = false): Buffer {
    const block = this.#headers.compress(encodeHeaderBlock(headers));
    // Associated stream, priority and slot stay zero: peers of Kubernetes ignore all three.
    const fixed = Buffer.alloc(10);
    fixed.writeUInt32BE(streamId);
    return controlFrame(frameTypes.synStream, fin ? frameFlags.fin : 0, fixed, block);
  }

  synReply(streamId: number, headers: SpdyHeaders, fin = false): Buffer {
    const block = this.#headers.compress(encodeHeaderBlock(headers));
    return controlFrame(frameTypes.synReply, fin ? frameFlags.fin : 0, words(streamId), block);
  }

  headers(streamId: number, headers: SpdyHeaders, fin = false): Buffer {
    const block = this.#headers.compress(encodeHeaderBlock(headers));
    return controlFrame(frameTypes.headers, fin ? frameFlags.fin : 0, words(streamId), block);
  }

  rstStream(streamId: number, status: number): Buffer {
    return controlFrame(frameTypes.rstStream, 0, words(streamId, status));
  }

  settings(values: Partial<Record<keyof typeof settingIds, number>>): Buffer {
    const entries = Object.entries(values) as [keyof typeof settingIds, number][];
    const payload = entries.flatMap(([name, value]) => [settingIds[name], value]);
    return controlFrame(frameTypes.settings, 0, words(entries.length, ...payload));
  }

  ping(id: number): Buffer {
    return controlFrame(frameTypes.ping, 0, words(id));
  }

  goAway(lastStreamId: number, status: number): Buffer {
    return controlFrame(frameTypes.goAway, 0, words(lastStreamId, status));
  }

  windowUpdate(streamId: number, delta: number): Buffer {
    return controlFrame(frameTypes.windowUpdate, 0, words(streamId, delta));
  }

  /** The eight bytes that precede `length` bytes of data: a data frame is sent as these, then the data itself. */
  dataHeader(streamId: number, length: number, fin: boolean): Buffer {
    const header = words(streamId, length);
    if (fin) header[4] = frameFlags.fin;
    return header;
  }
}

function controlFrame(type: number, flags: number, ...payload: Buffer[]): Buffer {
  const length = payload.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.alloc(8);
  header.writeUInt16BE(0x8000 | protocolVersion, 0);
  header.writeUInt16BE(type, 2);
  header.writeUInt32BE(length, 4);
  header[4] = flags;
  return Buffer.concat([header, ...payload]);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}
