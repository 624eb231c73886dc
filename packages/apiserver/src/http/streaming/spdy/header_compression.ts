// Header blocks share one zlib stream for each direction of a session, flushed after each block. A flush ends
// on a byte, so all that a block takes over from those before it is the last 32 KiB of plain text: each block is
// coded by itself with that window as its dictionary. This keeps framing synchronous, and the output bounded.
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { SpdyProtocolError } from './frames.ts';
import { headerDictionary, headerDictionaryId } from './header_dictionary.ts';

const windowBytes = 32 * 1024;

/** The longest header block that is read, decompressed. Kubernetes' are below 200 bytes. */
export const maxHeaderBlockBytes = 64 * 1024;

/** CMF and FLG of a zlib stream (RFC 1950) with a preset dictionary, then the dictionary's id. */
const zlibHeader = Buffer.alloc(6);
zlibHeader.writeUInt16BE(0x78bb, 0);
zlibHeader.writeUInt32BE(headerDictionaryId, 2);

const presetDictionaryFlag = 0x20;

export class HeaderCompressor {
  #window: Buffer = headerDictionary;
  #started = false;

  compress(block: Uint8Array): Buffer {
    const deflated = deflateRawSync(block, {
      dictionary: this.#window,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    this.#window = slideWindow(this.#window, block);
    if (this.#started) return deflated;
    this.#started = true;
    return Buffer.concat([zlibHeader, deflated]);
  }
}

export class HeaderDecompressor {
  #window: Buffer = headerDictionary;
  #started = false;

  /** @throws SpdyProtocolError; the session is lost then, since later blocks depend on this one. */
  decompress(bytes: Uint8Array): Buffer {
    const deflated = this.#started ? bytes : this.#start(bytes);
    try {
      const block = inflateRawSync(deflated, {
        dictionary: this.#window,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: maxHeaderBlockBytes,
      });
      this.#window = slideWindow(this.#window, block);
      return block;
    } catch (error) {
      throw new SpdyProtocolError('header block does not decompress', { cause: error });
    }
  }

  #start(bytes: Uint8Array): Uint8Array {
    const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const valid = header.length >= 2 && (header[0]! & 0x0f) === 8 && header.readUInt16BE() % 31 === 0;
    if (!valid) throw new SpdyProtocolError('header block is not a zlib stream');
    this.#started = true;
    if ((header[1]! & presetDictionaryFlag) === 0) return bytes.subarray(2);
    if (header.length < 6 || header.readUInt32BE(2) !== headerDictionaryId)
      throw new SpdyProtocolError('header block names an unknown dictionary');
    return bytes.subarray(6);
  }
}

function slideWindow(window: Buffer, block: Uint8Array): Buffer {
  const joined = Buffer.concat([window, block]);
  return joined.length <= windowBytes ? joined : Buffer.from(joined.subarray(joined.length - windowBytes));
}
