/**
 * The newest bytes that `make` made, for all who ask for the same. Memory doesn't hold everything twice: what was
 * let go is made again when somebody asks. The very newest stays however long it is, for those who ask together.
 */
export class RecentBytes<T extends object> {
  readonly #make: (source: T) => Uint8Array;
  readonly #maxBytes: number;
  readonly #kept = new Map<T, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number, make: (source: T) => Uint8Array) {
    this.#maxBytes = maxBytes;
    this.#make = make;
  }

  get held(): number {
    return this.#bytes;
  }

  /** Undefined where they would have to be made. */
  kept(source: T): Uint8Array | undefined {
    return this.#kept.get(source);
  }

  get(source: T): Uint8Array {
    const found = this.kept(source);
    if (found) return found;
    const made = this.#make(source);
    this.#kept.set(source, made);
    this.#bytes += made.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= this.#maxBytes || oldest === source) break;
      this.#kept.delete(oldest);
      this.#bytes -= length;
    }
    return made;
  }
}
