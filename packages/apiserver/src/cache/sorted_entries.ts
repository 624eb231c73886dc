import type { Stored } from '../request.ts';

/** Entries by key, in key order. An update is a search; an insert moves pointers only (fast up to millions). */
export class SortedEntries {
  readonly #byKey = new Map<string, Stored>();
  #sorted: Stored[] = [];

  get size(): number {
    return this.#sorted.length;
  }

  get(key: string): Stored | undefined {
    return this.#byKey.get(key);
  }

  set(stored: Stored): void {
    const exists = this.#byKey.has(stored.key);
    this.#byKey.set(stored.key, stored);
    const last = this.#sorted.at(-1);
    if (!exists && (!last || last.key < stored.key)) {
      this.#sorted.push(stored);
      return;
    }
    const at = this.indexOf(stored.key);
    if (exists) this.#sorted[at] = stored;
    else this.#sorted.splice(at, 0, stored);
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    this.#sorted.splice(this.indexOf(key), 1);
  }

  /** Position of the first entry whose key is `key` or greater. */
  indexOf(key: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]!.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Entries with start <= key < end. */
  range(start: string, end: string): Stored[] {
    return this.#sorted.slice(this.indexOf(start), this.indexOf(end));
  }

  all(): readonly Stored[] {
    return this.#sorted;
  }

  /** Puts `state`, which is in the order of its keys, in place of all. */
  replace(state: readonly Stored[]): void {
    this.#byKey.clear();
    for (const stored of state) this.#byKey.set(stored.key, stored);
    this.#sorted = state.slice();
  }
}
