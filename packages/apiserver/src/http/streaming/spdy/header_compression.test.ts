import { once } from 'node:events';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SpdyProtocolError } from './frames.ts';
import { decodeHeaderBlock, encodeHeaderBlock } from './header_block.ts';
import { HeaderCompressor, HeaderDecompressor, maxHeaderBlockBytes } from './header_compression.ts';
import { headerDictionary, headerDictionaryId } from './header_dictionary.ts';

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

const blocks = [
  { streamtype: 'error', port: '8080', requestid: '0' },
  { streamtype: 'data', port: '8080', requestid: '0' },
  { streamtype: 'data', port: '8080', requestid: '1' },
  {},
  { long: 'x'.repeat(40_000) },
  { streamtype: 'error', long: 'x'.repeat(1000) },
].map((headers) => encodeHeaderBlock(headers as Record<string, string>));

test('the dictionary is the one of the draft', () => {
  expect(headerDictionary.length).toBe(1423);
  expect(adler32(headerDictionary)).toBe(headerDictionaryId);
});

describe('header blocks', () => {
  test('are read back by one zlib stream that keeps its state', async () => {
    const compressor = new HeaderCompressor();
    const inflate = createInflate({ dictionary: headerDictionary, finishFlush: constants.Z_SYNC_FLUSH });
    const parts: Buffer[] = [];
    inflate.on('data', (part: Buffer) => parts.push(part));
    for (const block of blocks) inflate.write(compressor.compress(block));
    inflate.end();
    await once(inflate, 'end');
    expect(Buffer.concat(parts)).toEqual(Buffer.concat(blocks));
  });

  test('of a zlib stream that keeps its state are read', async () => {
    const decompressor = new HeaderDecompressor();
    const deflate = createDeflate({ dictionary: headerDictionary });
    for (const block of blocks) {
      deflate.write(block);
      await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
      expect(decompressor.decompress(deflate.read())).toEqual(block);
    }
  });

  test('that decompress to too much, or to nothing sensible, end the session', () => {
    const bomb = new HeaderCompressor().compress(Buffer.alloc(maxHeaderBlockBytes + 1));
    expect(() => new HeaderDecompressor().decompress(bomb)).toThrow(SpdyProtocolError);
    expect(() => new HeaderDecompressor().decompress(Buffer.from('not zlib'))).toThrow(SpdyProtocolError);
    expect(() => decodeHeaderBlock(Buffer.from([0, 0, 0, 1, 0, 0, 0, 9]))).toThrow('cut short');
    expect(() => decodeHeaderBlock(encodeHeaderBlock({ '': 'x' }))).toThrow('wrong or repeated');
  });
});
