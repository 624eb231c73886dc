// Header blocks written (RFC 7541). Fields that come again and again are sent once and then named by their index.
import { defaultHeaderTableSize } from '../protocol.ts';
import { DynamicTable } from './dynamic_table.ts';
import { writeInteger } from './integer.ts';
import { writeLatin1 } from './latin1.ts';
import { type HeaderField, staticNameIndex, staticTable } from './static_table.ts';

export interface HpackEncoderOptions {
  /** What is special about a header, by its name: its values are worth remembering, or it has no place here. */
  treatment: ReadonlyMap<string, 'index' | 'omit'>;
}

interface Remembered {
  value: string;
  /** Its number in the table. */
  added: number;
}

/** The table never holds more entries: each counts 32 bytes and its characters. */
const maxRemembered = defaultHeaderTableSize / 32;
const maxIntegerLength = 6;
/** A value that has one is refused by whoever reads it (RFC 9113, 8.2.1). */
const lineBreaks = /[\0\r\n]+/;

export class HpackEncoder {
  readonly #treatment: ReadonlyMap<string, 'index' | 'omit'>;
  readonly #table = new DynamicTable(defaultHeaderTableSize);
  readonly #remembered = new Map<string, Remembered[]>();
  /** Sizes of the table that the peer has to be told before the next field (4.2): the least since, and the last. */
  #newSizes: number[] = [];
  #bytes = new Uint8Array(4_096);
  #length = 0;

  constructor({ treatment }: HpackEncoderOptions) {
    this.#treatment = treatment;
  }

  /** What the peer's SETTINGS_HEADER_TABLE_SIZE allows. Of a larger table than the default no use is made. */
  allow(tableSize: number): void {
    const size = Math.min(tableSize, defaultHeaderTableSize);
    const last = this.#newSizes.at(-1) ?? this.#table.maxSize;
    if (size === last) return;
    const least = Math.min(size, ...this.#newSizes);
    this.#newSizes = least < size ? [least, size] : [size];
  }

  /** The block of an answer. The bytes are good until the next call. */
  encode(status: number, headers: Readonly<Record<string, string | number | readonly string[]>>): Uint8Array {
    this.#length = 0;
    this.#announceSizes();
    this.#writeStatus(status);
    for (const given in headers) {
      const name = given.toLowerCase();
      const treatment = this.#treatment.get(name);
      if (treatment === 'omit') continue;
      const value = headers[given]!;
      if (treatment === 'index') this.#writeIndexed(name, String(value));
      else if (typeof value === 'object') for (const each of value) this.#writeLiteral(name, each, 4, 0);
      else this.#writeLiteral(name, String(value), 4, 0);
    }
    return this.#bytes.subarray(0, this.#length);
  }

  #announceSizes(): void {
    if (this.#newSizes.length === 0) return;
    this.#reserve(this.#newSizes.length * maxIntegerLength);
    for (const size of this.#newSizes) {
      this.#table.resize(size);
      this.#length = writeInteger(this.#bytes, this.#length, size, 5, 0x20);
    }
    this.#newSizes = [];
  }

  #writeStatus(status: number): void {
    const value = String(status);
    const index = statusIndexes.get(value);
    if (index === undefined) this.#writeLiteral(':status', value, 4, 0);
    else this.#writeIndex(index);
  }

  #writeIndexed(name: string, value: string): void {
    let values = this.#remembered.get(name);
    if (!values) this.#remembered.set(name, (values = []));
    const oldest = this.#table.added - this.#table.length;
    for (const each of values) {
      if (each.value !== value || each.added < oldest) continue;
      this.#writeIndex(staticTable.length + this.#table.added - each.added);
      return;
    }
    this.#writeLiteral(name, value, 6, 0x40);
    if (values.length >= maxRemembered) values.length = 0;
    values.push({ value, added: this.#table.added });
    this.#table.add({ name, value });
    this.#forgetEvicted(values);
  }

  #writeIndex(index: number): void {
    this.#reserve(maxIntegerLength);
    this.#length = writeInteger(this.#bytes, this.#length, index, 7, 0x80);
  }

  #forgetEvicted(values: Remembered[]): void {
    const oldest = this.#table.added - this.#table.length;
    while (values.length > 0 && values[0]!.added < oldest) values.shift();
  }

  #writeLiteral(name: string, given: string, prefixBits: number, pattern: number): void {
    const value = lineBreaks.test(given) ? given.split(lineBreaks).join(' ') : given;
    this.#reserve(3 * maxIntegerLength + name.length + value.length);
    const bytes = this.#bytes;
    const index = staticNameIndex.get(name) ?? 0;
    let at = writeInteger(bytes, this.#length, index, prefixBits, pattern);
    if (index === 0) at = writeString(bytes, at, name);
    this.#length = writeString(bytes, at, value);
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

const statusIndexes: ReadonlyMap<string, number> = new Map(
  staticTable.flatMap(({ name, value }: HeaderField, index): [string, number][] =>
    name === ':status' ? [[value, index + 1]] : [],
  ),
);

function writeString(bytes: Uint8Array, at: number, text: string): number {
  return writeLatin1(bytes, writeInteger(bytes, at, text.length, 7, 0), text);
}
