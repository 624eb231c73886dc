// The form of a snapshot: a magic word, then frames of [type, length, payload]. Readers refuse what they don't know,
// and a snapshot that was cut short has no end frame.
import type { Bytes, Entry, Revision } from '../store.ts';

export type SnapshotFrame =
  /** What was saved and by whom: JSON of the writer's own. */
  | { type: 'about'; about: Record<string, unknown> }
  /** A file beside the store: certificates, keys, configuration. `path` is relative. */
  | { type: 'file'; path: string; mode: number; bytes: Bytes }
  /** Entries follow, all as they were at `revision`. */
  | { type: 'store'; revision: Revision; takenAt: string }
  | { type: 'entry'; entry: Entry }
  | { type: 'end'; entries: number };

export const snapshotMagic: Bytes = new TextEncoder().encode('kubets snapshot 1\n');

const types = ['about', 'file', 'store', 'entry', 'end'] as const;
/** A value and its key; nothing valid comes near. */
const maxPayloadBytes = 16 * 1024 * 1024;
const headBytes = 5;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class BadSnapshotError extends Error {
  override readonly name = 'BadSnapshotError';
}

export function encodeFrame(frame: SnapshotFrame): Bytes {
  const payload = encodePayload(frame);
  const bytes = new Uint8Array(headBytes + payload.length);
  bytes[0] = types.indexOf(frame.type) + 1;
  new DataView(bytes.buffer).setUint32(1, payload.length);
  bytes.set(payload, headBytes);
  return bytes;
}

/**
 * Frames of a stream of chunks, which may be cut anywhere. The stream is read to its end, as what checks it may stand
 * there, and closed whenever the reader stops. @throws BadSnapshotError, also at an early end.
 */
export async function* decodeFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SnapshotFrame> {
  const reader = new ChunkReader(chunks);
  try {
    yield* framesOf(reader);
  } finally {
    await reader.close();
  }
}

async function* framesOf(reader: ChunkReader): AsyncGenerator<SnapshotFrame> {
  const magic = await reader.take(snapshotMagic.length);
  if (!magic?.every((byte, index) => byte === snapshotMagic[index])) {
    throw new BadSnapshotError('this is no snapshot of kubets, or one of a newer form');
  }
  let entries = 0;
  for (;;) {
    const head = await reader.take(headBytes);
    if (!head) throw new BadSnapshotError('the snapshot is cut short: its end is missing');
    const length = new DataView(head.buffer, head.byteOffset).getUint32(1);
    const type = types[head[0]! - 1];
    if (!type || length > maxPayloadBytes) throw new BadSnapshotError('the snapshot is damaged');
    const payload = await reader.take(length);
    if (!payload) throw new BadSnapshotError('the snapshot is cut short: its end is missing');
    const frame = decodePayload(type, payload);
    if (frame.type === 'entry') entries++;
    if (frame.type === 'end' && frame.entries !== entries) {
      throw new BadSnapshotError(`the snapshot is damaged: it has ${entries} of ${frame.entries} entries`);
    }
    if (frame.type === 'end' && (await reader.take(1))) {
      throw new BadSnapshotError('the snapshot is damaged: something follows its end');
    }
    yield frame;
    if (frame.type === 'end') return;
  }
}

function encodePayload(frame: SnapshotFrame): Bytes {
  switch (frame.type) {
    case 'about':
      return json(frame.about);
    case 'store':
      return json({ revision: frame.revision, takenAt: frame.takenAt });
    case 'end':
      return json({ entries: frame.entries });
    case 'file':
      return headed(json({ path: frame.path, mode: frame.mode }), frame.bytes);
    case 'entry': {
      const { key, createRevision, modRevision, value } = frame.entry;
      return headed(json([key, createRevision, modRevision]), value);
    }
  }
}

function decodePayload(type: (typeof types)[number], payload: Bytes): SnapshotFrame {
  try {
    switch (type) {
      case 'about':
        return { type, about: parse(payload) };
      case 'store':
      case 'end':
        return { type, ...parse(payload) };
      case 'file': {
        const { head, rest } = unheaded(payload);
        return { type, ...head, bytes: rest };
      }
      case 'entry': {
        const { head, rest } = unheaded(payload);
        const [key, createRevision, modRevision] = head;
        return { type, entry: { key, createRevision, modRevision, value: rest } };
      }
    }
  } catch {
    throw new BadSnapshotError('the snapshot is damaged');
  }
}

function headed(head: Bytes, rest: Bytes): Bytes {
  const bytes = new Uint8Array(4 + head.length + rest.length);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, 4);
  bytes.set(rest, 4 + head.length);
  return bytes;
}

function unheaded(payload: Bytes): { head: any; rest: Bytes } {
  const end = 4 + new DataView(payload.buffer, payload.byteOffset).getUint32(0);
  return { head: parse(payload.subarray(4, end)), rest: payload.slice(end) };
}

function json(value: unknown): Bytes {
  return encoder.encode(JSON.stringify(value));
}

function parse(bytes: Bytes): any {
  return JSON.parse(decoder.decode(bytes));
}

/** Takes exact lengths from a stream of chunks. */
class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #kept: Uint8Array[] = [];
  #length = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Undefined when the stream ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    while (this.#length < length) {
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      this.#kept.push(next.value);
      this.#length += next.value.length;
    }
    const first = this.#kept[0];
    if (first && first.length >= length) {
      if (first.length === length) this.#kept.shift();
      else this.#kept[0] = first.subarray(length);
      this.#length -= length;
      return first.subarray(0, length);
    }
    const taken = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const chunk = this.#kept[0]!;
      const part = chunk.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === chunk.length) this.#kept.shift();
      else this.#kept[0] = chunk.subarray(part.length);
    }
    this.#length -= length;
    return taken;
  }
}
