import type { Ms } from './clock.ts';

export interface BackoffOptions {
  initialMs: Ms;
  maxMs: Ms;
  factor?: number;
}

/** Exponential delay by key, forgotten on success. Bounded by the keys that its caller keeps failing. */
export class Backoff {
  readonly #failures = new Map<string, number>();
  readonly #options: Required<BackoffOptions>;

  constructor(options: BackoffOptions) {
    this.#options = { factor: 2, ...options };
  }

  /** Counts one more failure of `key` and returns how long to wait. */
  next(key: string): Ms {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const { initialMs, maxMs, factor } = this.#options;
    return Math.min(maxMs, initialMs * factor ** Math.min(failures, 60));
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }
}
