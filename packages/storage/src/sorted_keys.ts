import type { Range } from './store.ts';

const blockSize = 512;

/**
 * A set of keys in order. A list of sorted blocks: adding costs two binary searches and a move within one
 * block, and counting a range costs a step per block, not per key.
 */
export class SortedKeys {
  readonly #blocks: string[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: string): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (!block) {
      this.#blocks.push([key]);
      this.#size++;
      return;
    }
    const position = lowerBound(block, key);
    if (block[position] === key) return;
    // Keys that come in order fill blocks instead of halving them.
    if (block.length >= blockSize && position === block.length) {
      this.#blocks.splice(at + 1, 0, [key]);
    } else {
      insert(block, position, key);
      if (block.length > blockSize) this.#blocks.splice(at + 1, 0, block.splice(blockSize >> 1));
    }
    this.#size++;
  }

  /** Puts `keys`, which are in order and each there once, into the empty set. */
  fill(keys: readonly string[]): void {
    // A little room in each block: the next keys come in any order.
    const length = blockSize - (blockSize >> 2);
    for (let at = 0; at < keys.length; at += length) this.#blocks.push(keys.slice(at, at + length));
    this.#size = keys.length;
  }

  delete(key: string): boolean {
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (!block) return false;
    const position = lowerBound(block, key);
    if (block[position] !== key) return false;
    if (block.length === 1) this.#blocks.splice(at, 1);
    else block.splice(position, 1);
    this.#size--;
    return true;
  }

  /** Keys in the range, in order. The set must not change meanwhile. */
  *range(range: Range): Generator<string, void, undefined> {
    for (let at = this.#blockOf(range.start); at < this.#blocks.length; at++) {
      const block = this.#blocks[at]!;
      for (let i = lowerBound(block, range.start); i < block.length; i++) {
        const key = block[i]!;
        if (key >= range.end) return;
        yield key;
      }
    }
  }

  count(range: Range): number {
    return Math.max(0, this.#rank(range.end) - this.#rank(range.start));
  }

  /** How many keys come before `key`. */
  #rank(key: string): number {
    const at = this.#blockOf(key);
    let rank = 0;
    for (let i = 0; i < at; i++) rank += this.#blocks[i]!.length;
    const block = this.#blocks[at];
    return block ? rank + lowerBound(block, key) : rank;
  }

  /** The last block whose first key is not past `key`: where `key` is, or belongs. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle]![0]! <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** As `splice`, which takes longer for what it returns than for the few keys that it moves. */
function insert(keys: string[], position: number, key: string): void {
  keys.push(key);
  for (let i = keys.length - 1; i > position; i--) keys[i] = keys[i - 1]!;
  keys[position] = key;
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
