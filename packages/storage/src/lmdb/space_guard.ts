import { type Clock, errorMessage, type Logger, type Ms } from '@kubets/base';
import type { Tables } from './tables.ts';

/** How often the disk is asked at most, when nothing else calls for it. */
const everyMs: Ms = 1_000;
/** And at least after so many parts of the reserve have been written. */
const parts = 4;
const someBytes = 1024 * 1024;

/**
 * Keeps the end of the disk for what makes room: deletions and compaction. When less than the reserve is left,
 * or the disk refused a write, values are refused until there is room again, as etcd does with its alarm
 * NOSPACE; here it ends by itself.
 */
export class SpaceGuard {
  readonly #tables: Tables;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #reserveBytes: number;
  #askedAt: Ms = Number.NEGATIVE_INFINITY;
  #written = 0;
  #full = false;
  #freeBytes = 0;
  /** That much free was not enough for what had to be refused, or for what the disk refused. */
  #notEnough = 0;

  constructor(options: { tables: Tables; clock: Clock; log: Logger; reserveBytes: number }) {
    this.#tables = options.tables;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#reserveBytes = options.reserveBytes;
  }

  /** Whether values must be refused now. `bytes`: of the values that are about to be written. */
  isFull(bytes: number): boolean | Promise<boolean> {
    this.#written += bytes;
    // The clock may have been set back.
    const now = this.#clock.now();
    const elapsed = Math.abs(now - this.#askedAt);
    if (elapsed < everyMs && this.#written < this.#reserveBytes / parts) return this.#full;
    this.#askedAt = now;
    this.#written = bytes;
    return this.#ask(bytes);
  }

  async #ask(bytes: number): Promise<boolean> {
    try {
      this.#freeBytes = await this.#tables.freeBytes();
    } catch (error) {
      this.#log.warn('the free space of the store is not known', { reason: errorMessage(error) });
      return this.#full;
    }
    // A little more than what raised the alarm, so that it doesn't come and go.
    const needed = this.#full ? Math.max(this.#reserveBytes * 1.25, this.#notEnough) : this.#reserveBytes;
    const full = this.#freeBytes - bytes < needed;
    if (full) this.#notEnough = Math.max(this.#notEnough, this.#reserveBytes + bytes);
    this.#set(full);
    return full;
  }

  /** Room may have been made: the next to ask is told what is true then. */
  roomMade(): void {
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** The disk refused a write. */
  refused(): void {
    // A little more: what is on its way from the journal to the tables comes and goes.
    this.#notEnough = Math.max(this.#notEnough, this.#freeBytes + someBytes);
    this.#set(true);
  }

  get problem(): string | undefined {
    return this.#full
      ? `NOSPACE: ${mebibytes(Math.max(0, this.#freeBytes))} left for ${this.#tables.path}; writes are refused`
      : undefined;
  }

  #set(full: boolean): void {
    if (full === this.#full) return;
    this.#full = full;
    const fields = { path: this.#tables.path, freeBytes: this.#freeBytes };
    if (full) this.#log.error('no space left for the store: values are refused', fields);
    else {
      this.#notEnough = 0;
      this.#log.info('the store has space again', fields);
    }
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
