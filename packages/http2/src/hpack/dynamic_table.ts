import type { HeaderField } from './static_table.ts';

/** What an entry counts beyond its characters (RFC 7541, 4.1). */
const entryOverhead = 32;

export function fieldSize({ name, value }: HeaderField): number {
  return name.length + value.length + entryOverhead;
}

/** The fields that both sides remember, newest first, within a size (RFC 7541, 2.3.2). */
export class DynamicTable<Field extends HeaderField = HeaderField> {
  /** A ring: the newest stands before `#next`. */
  #fields: (Field | undefined)[] = new Array(16).fill(undefined);
  #next = 0;
  #count = 0;
  #size = 0;
  #maxSize: number;
  /** Entries that were ever added: entry number n has the index `added - n`, the newest 0. */
  added = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get length(): number {
    return this.#count;
  }

  get size(): number {
    return this.#size;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  /** The entry added `index` entries before the newest; undefined where there is none. */
  get(index: number): Field | undefined {
    if (index >= this.#count) return undefined;
    return this.#fields[(this.#next - 1 - index) & (this.#fields.length - 1)];
  }

  /** An entry larger than the table empties it (4.4). */
  add(field: Field): void {
    const size = fieldSize(field);
    this.#evictDownTo(this.#maxSize - size);
    this.added += 1;
    if (size > this.#maxSize) return;
    if (this.#count === this.#fields.length) this.#grow();
    this.#fields[this.#next] = field;
    this.#next = (this.#next + 1) & (this.#fields.length - 1);
    this.#count += 1;
    this.#size += size;
  }

  resize(maxSize: number): void {
    this.#maxSize = maxSize;
    this.#evictDownTo(maxSize);
  }

  #evictDownTo(size: number): void {
    while (this.#count > 0 && this.#size > size) {
      const oldest = (this.#next - this.#count) & (this.#fields.length - 1);
      this.#size -= fieldSize(this.#fields[oldest]!);
      this.#fields[oldest] = undefined;
      this.#count -= 1;
    }
  }

  /** Within the size there is room for 128 entries at most: the overhead of each counts. */
  #grow(): void {
    const { length } = this.#fields;
    const inOrder = this.#fields.map((_, index) => this.#fields[(this.#next + index) & (length - 1)]);
    this.#fields = [...inOrder, ...new Array(length).fill(undefined)];
    this.#next = length;
  }
}
