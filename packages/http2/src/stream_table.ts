import type { ServerStream } from './stream.ts';

/** Streams that we have reset, whose frames may still be under way: the newest so many. */
const maxRemembered = 1_024;

/** The streams of a connection, and what has become of those that are gone (RFC 9113, 5.1). */
export class StreamTable {
  readonly #open = new Map<number, ServerStream>();
  readonly #reset = new Set<number>();
  /** The last that the client has opened. */
  lastId = 0;

  get size(): number {
    return this.#open.size;
  }

  get(id: number): ServerStream | undefined {
    return this.#open.get(id);
  }

  /** Never opened; the next one that the client opens is odd and higher than all before. */
  isIdle(id: number): boolean {
    return id > this.lastId || id % 2 === 0;
  }

  /** Whether the client may not have known that the stream was over when it sent this. */
  wasReset(id: number): boolean {
    return this.#reset.has(id);
  }

  add(stream: ServerStream): void {
    this.#open.set(stream.id, stream);
  }

  delete(id: number): void {
    this.#open.delete(id);
  }

  rememberReset(id: number): void {
    this.#reset.add(id);
    if (this.#reset.size <= maxRemembered) return;
    for (const oldest of this.#reset) {
      this.#reset.delete(oldest);
      break;
    }
  }

  [Symbol.iterator](): IterableIterator<ServerStream> {
    return this.#open.values();
  }
}
