// Header blocks read (RFC 7541).
import { defaultHeaderTableSize } from '../protocol.ts';
import { DynamicTable } from './dynamic_table.ts';
import { decodeHuffman } from './huffman.ts';
import { type Cursor, compressionError, readInteger } from './integer.ts';
import { readLatin1 } from './latin1.ts';
import { type HeaderField, staticTable } from './static_table.ts';

export interface HpackDecoderOptions<Field extends HeaderField> {
  /** Made once for a field that the table keeps: what is found out of a field then is kept with it. */
  makeField(name: string, value: string): Field;
  /** As SETTINGS_HEADER_TABLE_SIZE says to the peer. */
  maxTableSize?: number;
}

export interface FieldSink<Field extends HeaderField = HeaderField> {
  add(field: Field): void;
}

const scratch = new Uint8Array(16_384);

export class HpackDecoder<Field extends HeaderField = HeaderField> {
  readonly #makeField: (name: string, value: string) => Field;
  readonly #maxTableSize: number;
  readonly #table: DynamicTable<Field>;
  readonly #static: Field[] = [];
  readonly #cursor: Cursor = { bytes: scratch, at: 0 };

  constructor({ makeField, maxTableSize = defaultHeaderTableSize }: HpackDecoderOptions<Field>) {
    this.#makeField = makeField;
    this.#maxTableSize = maxTableSize;
    this.#table = new DynamicTable(maxTableSize);
  }

  /** Reads a whole block. @throws ConnectionError COMPRESSION_ERROR, and what the sink throws */
  decode(block: Uint8Array, sink: FieldSink<Field>): void {
    const cursor = this.#cursor;
    cursor.bytes = block;
    cursor.at = 0;
    let fields = 0;
    while (cursor.at < block.length) {
      const first = block[cursor.at]!;
      if (first & 0x80) {
        sink.add(this.#fieldAt(readInteger(cursor, 7)));
        fields++;
      } else if (first & 0x40) {
        const field = this.#literal(cursor, 6);
        this.#table.add(field);
        sink.add(field);
        fields++;
      } else if (first & 0x20) {
        if (fields > 0) throw compressionError('the size of the table changes after a field');
        this.#resize(readInteger(cursor, 5));
      } else {
        sink.add(this.#literal(cursor, 4));
        fields++;
      }
    }
  }

  #resize(size: number): void {
    if (size > this.#maxTableSize) throw compressionError('the table is larger than allowed');
    this.#table.resize(size);
  }

  #fieldAt(index: number): Field {
    const field =
      index > staticTable.length ? this.#table.get(index - staticTable.length - 1) : this.#staticAt(index);
    if (!field) throw compressionError('no field has this index');
    return field;
  }

  #staticAt(index: number): Field | undefined {
    const field = staticTable[index - 1];
    return field && (this.#static[index] ??= this.#makeField(field.name, field.value));
  }

  #literal(cursor: Cursor, prefixBits: number): Field {
    const index = readInteger(cursor, prefixBits);
    const name = index === 0 ? this.#string(cursor) : this.#fieldAt(index).name;
    return this.#makeField(name, this.#string(cursor));
  }

  #string(cursor: Cursor): string {
    const { bytes } = cursor;
    const isHuffman = (bytes[cursor.at] ?? 0) >= 0x80;
    const length = readInteger(cursor, 7);
    const start = cursor.at;
    const end = start + length;
    if (end > bytes.length) throw compressionError('a string goes past the end of its block');
    cursor.at = end;
    if (!isHuffman) return readLatin1(bytes, start, end);
    // The shortest code has five bits.
    const room = Math.ceil((length * 8) / 5);
    const out = room <= scratch.length ? scratch : new Uint8Array(room);
    return readLatin1(out, 0, decodeHuffman(bytes, start, end, out));
  }
}
