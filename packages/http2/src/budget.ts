import type { Clock } from '@kubets/base';

export interface BudgetOptions {
  clock: Clock;
  capacity: number;
  perSecond: number;
}

/** Allows bursts up to its capacity and a rate in the long run. Time is looked at when it runs out. */
export class Budget {
  readonly #options: BudgetOptions;
  #left: number;
  #filledMs: number;

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#left = options.capacity;
    this.#filledMs = options.clock.now();
  }

  /** False when there is none left. */
  spend(cost = 1): boolean {
    this.#left -= cost;
    if (this.#left >= 0) return true;
    const { clock, perSecond, capacity } = this.#options;
    const nowMs = clock.now();
    const refilled = Math.floor(((nowMs - this.#filledMs) * perSecond) / 1000);
    this.#filledMs = nowMs;
    this.#left = Math.min(capacity, this.#left + refilled);
    return this.#left >= 0;
  }

  earn(amount: number): void {
    this.#left = Math.min(this.#options.capacity, this.#left + amount);
  }
}
