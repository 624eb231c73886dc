import { type SpdyHeaders, SpdyProtocolError } from './frames.ts';

const maxHeaders = 100;

/** The plain form of a name/value block (section 2.6.10): a count, then names and values with their lengths. */
export function encodeHeaderBlock(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers);
  const parts = [uint32(entries.length)];
  for (const [name, value] of entries) {
    for (const text of [name.toLowerCase(), value]) {
      const bytes = Buffer.from(text, 'utf8');
      parts.push(uint32(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

/** @throws SpdyProtocolError when it is cut short, names are not in lower case, or one comes twice. */
export function decodeHeaderBlock(block: Buffer): SpdyHeaders {
  let offset = 0;
  const readUint32 = () => {
    if (offset + 4 > block.length) throw new SpdyProtocolError('header block is cut short');
    offset += 4;
    return block.readUInt32BE(offset - 4);
  };
  const readText = () => {
    const length = readUint32();
    if (length > block.length - offset) throw new SpdyProtocolError('header block is cut short');
    offset += length;
    return block.toString('utf8', offset - length, offset);
  };

  const count = readUint32();
  if (count > maxHeaders) throw new SpdyProtocolError('header block has too many headers');
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i < count; i++) {
    const name = readText();
    const value = readText();
    if (name === '' || name !== name.toLowerCase() || name in headers)
      throw new SpdyProtocolError('header block has a wrong or repeated name');
    headers[name] = value;
  }
  return headers;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
