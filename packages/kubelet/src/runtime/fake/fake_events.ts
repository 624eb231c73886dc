import type { ContainerEventResponse } from '@kubets/api/generated/cri.ts';

/** More than these unread are dropped, the oldest first: who looks as well misses nothing. */
const limit = 10_000;

/** Events for one reader at a time. */
export class FakeEvents {
  #queue: ContainerEventResponse[] = [];
  #notify = () => {};

  push(event: ContainerEventResponse): void {
    this.#queue.push(event);
    if (this.#queue.length > limit) this.#queue.shift();
    this.#notify();
  }

  async *read(signal: AbortSignal): AsyncGenerator<ContainerEventResponse> {
    const onAbort = () => this.#notify();
    signal.addEventListener('abort', onAbort, { once: true });
    while (!signal.aborted) {
      yield* this.#queue.splice(0);
      if (this.#queue.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    signal.removeEventListener('abort', onAbort);
  }
}
