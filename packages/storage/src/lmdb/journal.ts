import type { Bytes, Revision } from '../store.ts';
import { checksumOf } from './checksum.ts';
import { decodeRecord } from './record_codec.ts';
import type { HistoryRecord } from './tables.ts';

/** Where a journal is: a file of a fixed length, all of which the disk has already given. */
export interface JournalFile {
  readonly bytes: number;
  /** All of it, as it is on the disk. */
  read(): Buffer;
  /** Resolves once the bytes are on the disk. When it rejects, any part of them may be there. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  close(): void;
}

export interface JournaledWrite {
  readonly revision: Revision;
  readonly record: HistoryRecord;
  /** ./record_codec.ts */
  readonly encoded: Buffer;
  /** Null for a deletion. */
  readonly value: Bytes | null;
}

/** A group of writes in the file. */
interface Frame {
  readonly start: number;
  readonly end: number;
  readonly first: Revision;
  readonly last: Revision;
}

/** Frames begin at multiples of this, so that one that is cut short has harmed no other. */
const alignment = 4_096;
const magic = 0x6c6e726a;
const headBytes = 32;
const lengthsBytes = 8;
const empty: Bytes = new Uint8Array(0);

/**
 * Groups of writes that the tables don't have yet, each a frame that one flush brings to the disk. Frames follow
 * each other around the file; one is written over once the tables have its writes.
 *
 *   frame   magic, checksum of the rest of this head, id of the journal, first revision, writes, bytes
 *   write   bytes of record and value, record (./record_codec.ts, with its checksum and that of the value), value
 */
export class Journal {
  readonly #file: JournalFile;
  /** Frames of another id are of another store, or of this one before it was closed with all its writes in tables. */
  readonly #id: number;
  /** Oldest first. */
  #frames: Frame[] = [];
  #next = 0;
  /** A frame that was refused, or cut short: it must not be there beside another of its revisions. */
  #refused: number | undefined;
  #settling: Promise<void> | undefined;
  #buffer = Buffer.alloc(0);

  constructor(file: JournalFile, id: number) {
    this.#file = file;
    this.#id = id;
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  /** The writes after revision `newest`, of which the tables have all. @throws Error: what is wrong with the file */
  recover(newest: Revision): JournaledWrite[] {
    const bytes = this.#file.read();
    const frames = framesIn(bytes, this.#id).filter(({ last }) => last > newest);
    const writes: JournaledWrite[] = [];
    let revision = newest;
    for (const frame of frames) {
      const ofFrame = frame.first <= revision + 1 ? writesIn(bytes, frame) : undefined;
      if (!ofFrame) {
        // The last one may have been cut short: nobody was told of its writes. One before it was on the disk.
        if (frame !== frames.at(-1) || frame.first > revision + 1) {
          throw new Error(`its journal lacks what comes after revision ${revision}`);
        }
        this.#refused = frame.start;
        break;
      }
      for (const write of ofFrame) if (write.revision > newest) writes.push(write);
      revision = frame.last;
      this.#frames.push(frame);
      this.#next = frame.end;
    }
    return writes;
  }

  hasRoom(bytes: number): boolean {
    return this.#place(bytes) !== undefined;
  }

  /**
   * Resolves once the writes, in order of their revisions, are on the disk. Call it when `hasRoom`, and one after the
   * other. When it rejects they are not there, unless the disk refuses their removal too: then everything is
   * refused until that works, and the next process may find them.
   */
  async append(writes: readonly JournaledWrite[], bytes: number): Promise<void> {
    await this.settle();
    const start = this.#place(bytes)!;
    const frame = this.#encode(writes, bytes);
    try {
      await this.#file.write(start, frame);
    } catch (error) {
      this.#refused = start;
      await this.settle().catch(() => {});
      throw error;
    }
    const end = start + bytes;
    this.#frames.push({ start, end, first: writes[0]!.revision, last: writes.at(-1)!.revision });
    this.#next = end;
  }

  /** Resolves once nothing that was refused is left. Commits and a compaction may both ask for it. */
  settle(): Promise<void> {
    // One write for all who ask: a second one might come late, over the frame that has taken the place.
    this.#settling ??= this.#removeRefused().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  async #removeRefused(): Promise<void> {
    if (this.#refused === undefined) return;
    await this.#file.write(this.#refused, Buffer.alloc(alignment));
    this.#refused = undefined;
  }

  /** The tables have everything up to `revision`. */
  release(revision: Revision): void {
    let count = 0;
    while (count < this.#frames.length && this.#frames[count]!.last <= revision) count++;
    this.#frames.splice(0, count);
  }

  close(): void {
    this.#file.close();
  }

  #place(bytes: number): number | undefined {
    const oldest = this.#frames[0]?.start;
    if (oldest === undefined) return bytes <= this.#file.bytes ? 0 : undefined;
    if (this.#next <= oldest) return this.#next + bytes <= oldest ? this.#next : undefined;
    if (this.#next + bytes <= this.#file.bytes) return this.#next;
    return bytes <= oldest ? 0 : undefined;
  }

  #encode(writes: readonly JournaledWrite[], length: number): Buffer {
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(Math.max(length, 2 * this.#buffer.length));
    const bytes = this.#buffer.subarray(0, length);
    let at = headBytes;
    for (const { encoded, value } of writes) {
      bytes.writeUInt32LE(encoded.length, at);
      bytes.writeUInt32LE(value?.length ?? 0, at + 4);
      bytes.set(encoded, at + lengthsBytes);
      at += lengthsBytes + encoded.length;
      bytes.set(value ?? empty, at);
      at += value?.length ?? 0;
    }
    bytes.writeUInt32LE(magic, 0);
    bytes.writeDoubleLE(this.#id, 8);
    bytes.writeDoubleLE(writes[0]!.revision, 16);
    bytes.writeUInt32LE(writes.length, 24);
    bytes.writeUInt32LE(length, 28);
    bytes.writeInt32LE(checksumOf(bytes.subarray(8, headBytes)), 4);
    return bytes;
  }
}

/** How long the frame of `writes` is. */
export function frameBytes(writes: readonly JournaledWrite[]): number {
  let bytes = headBytes;
  for (const write of writes) bytes += writeBytes(write);
  return Math.ceil(bytes / alignment) * alignment;
}

/** What a write takes in its frame, and about that in the tables. */
export function writeBytes({ encoded, value }: JournaledWrite): number {
  return lengthsBytes + encoded.length + (value?.length ?? 0);
}

/** In order of their revisions. */
function framesIn(bytes: Buffer, id: number): (Frame & { count: number })[] {
  const frames: (Frame & { count: number })[] = [];
  for (let start = 0; start + headBytes <= bytes.length; start += alignment) {
    if (bytes.readUInt32LE(start) !== magic || bytes.readDoubleLE(start + 8) !== id) continue;
    if (bytes.readInt32LE(start + 4) !== checksumOf(bytes.subarray(start + 8, start + headBytes))) continue;
    const first = bytes.readDoubleLE(start + 16);
    const count = bytes.readUInt32LE(start + 24);
    const end = start + bytes.readUInt32LE(start + 28);
    frames.push({ start, end, first, last: first + count - 1, count });
  }
  return frames.sort((a, b) => a.first - b.first);
}

/** Undefined: not all of them are there. */
function writesIn(bytes: Buffer, frame: Frame & { count: number }): JournaledWrite[] | undefined {
  const writes: JournaledWrite[] = [];
  let at = frame.start + headBytes;
  const end = Math.min(frame.end, bytes.length);
  for (let i = 0; i < frame.count; i++) {
    if (at + lengthsBytes > end) return undefined;
    const recordAt = at + lengthsBytes;
    const valueAt = recordAt + bytes.readUInt32LE(at);
    at = valueAt + bytes.readUInt32LE(at + 4);
    if (at > end) return undefined;
    const revision = frame.first + i;
    const encoded = bytes.subarray(recordAt, valueAt);
    const record = decodeRecord(revision, encoded);
    const value = new Uint8Array(bytes.subarray(valueAt, at));
    if (!record || (record.type === 'put' && checksumOf(value) !== record.checksum)) return undefined;
    writes.push({ revision, record, encoded, value: record.type === 'put' ? value : null });
  }
  return writes;
}
