import type { Stored } from '../request.ts';

/** Entries of a block before it becomes two. */
const maxLength = 512;

/**
 * Entries by key, in key order, in blocks: an insert moves the pointers of one block, however many entries there are.
 * No block is empty, but for the only one.
 */
export class SortedEntries {
  readonly #byKey = new Map<string, Stored>();
  #blocks: Stored[][] = [[]];

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Stored | undefined {
    return this.#byKey.get(key);
  }

  set(stored: Stored): void {
    const { key } = stored;
    const exists = this.#byKey.has(key);
    this.#byKey.set(key, stored);
    const number = this.#blockOf(key);
    const block = this.#blocks[number]!;
    const at = indexOf(block, key);
    if (exists) block[at] = stored;
    else if (at === block.length) block.push(stored);
    else block.splice(at, 0, stored);
    if (block.length <= maxLength) return;
    // Keys that come in their order fill blocks; in any other order blocks are split in halves.
    const isLast = at === block.length - 1 && number === this.#blocks.length - 1;
    this.#blocks.splice(number + 1, 0, block.splice(isLast ? maxLength : maxLength / 2));
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    const number = this.#blockOf(key);
    const block = this.#blocks[number]!;
    block.splice(indexOf(block, key), 1);
    const before = this.#blocks[number - 1];
    if (before && before.length + block.length <= maxLength / 2) {
      before.push(...block);
      this.#blocks.splice(number, 1);
    } else if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(number, 1);
  }

  /** Entries with start <= key < end; the array is the caller's. */
  range(start: string, end: string): Stored[] {
    if (start >= end) return [];
    const [first, last] = [this.#blockOf(start), this.#blockOf(end)];
    const parts = this.#blocks.slice(first, last + 1);
    const to = indexOf(parts.at(-1)!, end);
    parts[parts.length - 1] = parts.at(-1)!.slice(0, to);
    parts[0] = parts[0]!.slice(indexOf(parts[0]!, start));
    return parts.length === 1 ? parts[0]! : parts.flat();
  }

  all(): Stored[] {
    return this.#blocks.flat();
  }

  /** Puts `state`, which is in the order of its keys, in place of all. */
  replace(state: readonly Stored[]): void {
    this.#byKey.clear();
    for (const stored of state) this.#byKey.set(stored.key, stored);
    this.#blocks = [];
    for (let at = 0; at < state.length; at += maxLength) this.#blocks.push(state.slice(at, at + maxLength));
    if (this.#blocks.length === 0) this.#blocks.push([]);
  }

  /** Number of the block that holds `key`, or that it would go into. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#blocks[middle]![0]!.key <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Position of the first entry whose key is `key` or greater. */
function indexOf(block: readonly Stored[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (block[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
