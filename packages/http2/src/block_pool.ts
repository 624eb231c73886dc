/** Room for eight full frames of DATA and their headers: what one write hands to TLS. */
export const blockSize = 8 * (16_384 + 9);

/** Buffers that connections write from, for use again: what is allocated for each write costs its pages each time. */
export class BlockPool {
  readonly #free: Uint8Array[] = [];
  readonly #maxFree: number;

  constructor(maxFree = 32) {
    this.#maxFree = maxFree;
  }

  take(): Uint8Array {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(blockSize);
  }

  /** Of a block that nobody reads or writes any more. */
  give(block: Uint8Array): void {
    if (this.#free.length < this.#maxFree && block.length === blockSize) this.#free.push(block);
  }
}
