/** The body of a request as it comes. Who reads it decides how fast: what is not read closes the client's window. */
export class RequestBody {
  readonly #onRead: (bytes: number) => void;
  readonly #chunks: Uint8Array[] = [];
  #change: (() => void) | undefined;
  #state: 'open' | 'ended' | 'lost' = 'open';

  /** `onRead` is told what was read. */
  constructor(onRead: (bytes: number) => void) {
    this.#onRead = onRead;
  }

  /** The next chunk; undefined when none is there. */
  read(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk) this.#onRead(chunk.length);
    return chunk;
  }

  /** Everything has been read. */
  get isEnded(): boolean {
    return this.#state === 'ended' && this.#chunks.length === 0;
  }

  /** The rest will not come. */
  get isLost(): boolean {
    return this.#state === 'lost';
  }

  /** Calls `change` whenever there is something to read, or nothing more will be; once at first. For one reader. */
  watch(change: () => void): void {
    this.#change = change;
    change();
  }

  /** Of the connection: bytes have come. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#change?.();
  }

  /** Of the connection: bytes that are no content, padding, are as good as read. */
  skip(bytes: number): void {
    if (bytes > 0) this.#onRead(bytes);
  }

  /** Of the connection: that was all. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#change?.();
  }

  /** Of the connection: the stream was closed before the end. */
  lose(): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    this.#chunks.length = 0;
    this.#change?.();
  }
}
