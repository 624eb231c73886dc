const slabBytes = 64 * 1024;
/** Larger ones get bytes of their own: what is left of a slab would be wasted on them. */
const maxSharedBytes = 8 * 1024;

/**
 * Room for many small values that are read together: they share the bytes of a slab, where one ArrayBuffer for each
 * costs some two hundred bytes more. A slab lives as long as any value in it, so this is for what is let go together,
 * or is read once, when a server starts.
 */
export class ByteSlabs {
  #slab = new Uint8Array(0);
  #used = 0;

  readonly allocate = (bytes: number): Uint8Array => {
    if (bytes > maxSharedBytes) return new Uint8Array(bytes);
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += bytes;
    return this.#slab.subarray(start, this.#used);
  };
}
