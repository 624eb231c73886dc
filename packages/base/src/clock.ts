// Time as an argument. Nothing outside this folder asks the machine for the time or sets a timer.

/** Milliseconds. */
export type Ms = number;

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): Ms;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: Ms, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once after `ms`, unless the returned function is called before. */
  after(ms: Ms, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
  after(ms, run) {
    // A timer holds at most 2^31-1 ms; a longer one would fire at once.
    const timer = setTimeout(run, Math.min(Math.max(0, ms), 2_147_483_647));
    return () => clearTimeout(timer);
  },
};

function sleepOn(clock: Clock, ms: Ms, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal!.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

interface Timer {
  at: Ms;
  order: number;
  run: () => void;
}

/** A clock that stands still until `advance`. Timers due at one instant run in the order they were set. */
export class FakeClock implements Clock {
  #now: Ms;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(start: Ms = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): Ms {
    return this.#now;
  }

  sleep(ms: Ms, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  after(ms: Ms, run: () => void): () => void {
    // Whole milliseconds, as the system's clock has them.
    const timer: Timer = { at: this.#now + Math.ceil(Math.max(0, ms)), order: this.#order++, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** When the next timer is due, or undefined when none is set. */
  nextTimerAt(): Ms | undefined {
    return this.#next()?.at;
  }

  /** Moves time forward, running every timer that falls due and, after each, `settle` (all pending promise work). */
  async advance(ms: Ms, settle: () => Promise<void> = settleMicrotasks): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let timer = this.#next(); timer && timer.at <= end; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.run();
      await settle();
    }
    this.#now = end;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** Waits until promise callbacks that are already queued, and those that they queue, have run. */
export function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.addEventListener(
      'message',
      () => {
        channel.port1.close();
        resolve();
      },
      { once: true },
    );
    channel.port1.start();
    channel.port2.postMessage(0);
  });
}

/** RFC 3339 with seconds, as `metav1.Time` is written: `2026-01-01T00:00:00Z`. */
export function rfc3339(ms: Ms): string {
  const second = Math.floor(ms / 1000);
  if (second !== last.second) last = { second, text: new Date(ms).toISOString().slice(0, 19) + 'Z' };
  return last.text;
}

// Everything that is written within a second has the same time.
let last = { second: Number.NaN, text: '' };

/** RFC 3339 with microseconds, as `metav1.MicroTime` is written. */
export function rfc3339Micro(ms: Ms): string {
  return new Date(ms).toISOString().slice(0, 23) + '000Z';
}
