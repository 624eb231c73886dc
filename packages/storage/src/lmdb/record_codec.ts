import { checksumOf } from './checksum.ts';
import type { HistoryRecord } from './tables.ts';

/** Raised when the layout changes: ./upgrade_format.ts brings older stores to it. */
export const formatVersion = 3;

const headLength = 13;
const ownChecksumLength = 4;
/** CRC-32 of anything that is followed by its own CRC-32, lowest byte first. */
const residue = 0x2144df1c;

/** Type, create revision, checksum of the value, key; then a checksum of all that and of the revision. */
export function encodeRecord(revision: number, record: HistoryRecord): Buffer {
  const end = headLength + Buffer.byteLength(record.key);
  const bytes = Buffer.allocUnsafe(end + ownChecksumLength);
  bytes[0] = record.type === 'put' ? 1 : 2;
  bytes.writeDoubleBE(record.createRevision, 1);
  bytes.writeInt32BE(record.checksum, 9);
  bytes.write(record.key, headLength);
  bytes.writeInt32LE(checksumOf(bytes.subarray(0, end), revision), end);
  return bytes;
}

/** Undefined: these are not the bytes that were written for this revision. */
export function decodeRecord(revision: number, bytes: Buffer): HistoryRecord | undefined {
  const end = bytes.length - ownChecksumLength;
  if (end < headLength || checksumOf(bytes, revision) !== residue) return undefined;
  return {
    type: bytes[0] === 1 ? 'put' : 'delete',
    createRevision: bytes.readDoubleBE(1),
    checksum: bytes.readInt32BE(9),
    key: bytes.toString('utf8', headLength, end),
  };
}

const firstFormatHeadLength = 9;

/** A record of format 1, which had no checksums. */
export function decodeFirstFormat(bytes: Buffer): Omit<HistoryRecord, 'checksum'> {
  return {
    type: bytes[0] === 1 ? 'put' : 'delete',
    createRevision: bytes.readDoubleBE(1),
    key: bytes.toString('utf8', firstFormatHeadLength),
  };
}

/** For tests of the upgrade. */
export function encodeFirstFormat({ type, key, createRevision }: Omit<HistoryRecord, 'checksum'>): Buffer {
  const bytes = Buffer.allocUnsafe(firstFormatHeadLength + Buffer.byteLength(key));
  bytes[0] = type === 'put' ? 1 : 2;
  bytes.writeDoubleBE(createRevision, 1);
  bytes.write(key, firstFormatHeadLength);
  return bytes;
}
