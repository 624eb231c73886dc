import type { Clock, Ms } from '@kubets/base';

/** Four hours: how long upstream lets a stream be silent (the kubelet's streamingConnectionIdleTimeout). */
export const streamingIdleTimeoutMs = 4 * 60 * 60 * 1000;

/** Calls `expire` once when `touch` was not called for `timeoutMs`. A touch costs no timer. */
export class IdleTimer {
  readonly #clock: Clock;
  #lastAt: Ms;
  #cancel: () => void;

  constructor(options: { clock: Clock; timeoutMs: Ms; expire: () => void }) {
    const { clock, timeoutMs, expire } = options;
    this.#clock = clock;
    this.#lastAt = clock.now();
    const check = () => {
      const leftMs = this.#lastAt + timeoutMs - clock.now();
      if (leftMs <= 0) expire();
      else this.#cancel = clock.after(leftMs, check);
    };
    this.#cancel = clock.after(timeoutMs, check);
  }

  touch(): void {
    this.#lastAt = this.#clock.now();
  }

  stop(): void {
    this.#cancel();
  }
}
