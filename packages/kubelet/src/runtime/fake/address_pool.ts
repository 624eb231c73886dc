/** IPv4 addresses of a range, lowest free first; the network's own, its gateway's and the broadcast address stay out. */
export class AddressPool {
  readonly #base: number;
  readonly #size: number;
  readonly #used = new Set<number>();
  #next = 2;

  constructor(cidr: string) {
    const [address = '', bits = '32'] = cidr.split('/');
    this.#base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    this.#size = 2 ** (32 - Number(bits));
  }

  /** Undefined when all are taken. */
  take(): string | undefined {
    for (let tried = 0; tried < this.#size - 3; tried++) {
      const offset = this.#next;
      this.#next = this.#next >= this.#size - 2 ? 2 : this.#next + 1;
      if (this.#used.has(offset)) continue;
      this.#used.add(offset);
      return textOf(this.#base + offset);
    }
    return undefined;
  }

  release(address: string): void {
    this.#used.delete(address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) - this.#base);
  }
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
