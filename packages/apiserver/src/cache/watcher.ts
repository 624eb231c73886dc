import type { ServerWatchEvent, Stored } from '../request.ts';
import type { ChangeEvent } from './change_event.ts';

export interface WatcherOptions {
  /** Keys that are of interest: all of a resource or of one of its namespaces, `/` included, or a single one. */
  keyPrefix: string;
  matches?: (stored: Stored) => boolean;
  /** Only objects whose `field` has this value: lets one change find its watchers without asking each. */
  trigger?: { field: string; value: string };
  bookmarks: boolean;
  /** Pending events past which the watcher is ended as too slow; it can resume from its last revision. */
  maxPending: number;
  /** Only later changes are of interest; it may lie ahead of what has happened. */
  after?: number;
}

/** As `maxPending`, of the JSON of the events: a watcher that reads nothing keeps what nobody else needs any more. */
const maxPendingBytes = 64 * 1024 * 1024;

/** One watch: takes changes, gives batches of events. Ends by itself when its reader is too slow. */
export class Watcher {
  readonly options: WatcherOptions;
  #pending: ServerWatchEvent[] = [];
  /** Of what was pushed, one by one, since the last call of `take`. */
  #pushedBytes = 0;
  #wake: (() => void) | undefined;
  #ended = false;
  /** Set once the events that answer `sendInitialEvents` have all been queued. */
  initialEventsRevision: number | undefined;

  constructor(options: WatcherOptions) {
    this.options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** A change below its prefix. */
  offer(change: ChangeEvent): void {
    const { after } = this.options;
    if (after !== undefined && change.revision <= after) return;
    const event = change.seenBy(this.options.matches);
    if (event) this.push(event);
  }

  push(event: ServerWatchEvent): void {
    if (this.#ended) return;
    const length = event.stored?.json.length ?? 0;
    const { maxPending } = this.options;
    if (
      this.#pending.length >= maxPending ||
      (this.#pushedBytes > 0 && this.#pushedBytes + length > maxPendingBytes)
    ) {
      this.end();
      return;
    }
    this.#pending.push(event);
    this.#pushedBytes += length;
    this.#wake?.();
  }

  /** Initial events: not bounded by `maxPending`, the entries exist anyway. */
  pushAll(events: readonly ServerWatchEvent[]): void {
    if (events.length === 0) return;
    this.#pending = this.#pending.length ? this.#pending.concat(events) : events.slice();
    this.#wake?.();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#wake?.();
  }

  /** Calls `wake` from now on whenever there is something to take, or the end has come. Instead of `next`. */
  wakeBy(wake: () => void): void {
    this.#wake = wake;
    if (this.#ended || this.#pending.length > 0) wake();
  }

  /** The events that have come since the last call; undefined when there are none. */
  take(): readonly ServerWatchEvent[] | undefined {
    if (this.#pending.length === 0) return undefined;
    const batch = this.#pending;
    this.#pending = [];
    this.#pushedBytes = 0;
    return batch;
  }

  /** Nothing will come after what `take` gave. */
  get isDrained(): boolean {
    return this.#ended && this.#pending.length === 0;
  }

  /** The events that have come since the last call; undefined when the watch has ended and nothing is left. */
  async next(): Promise<readonly ServerWatchEvent[] | undefined> {
    while (this.#pending.length === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    return this.take();
  }
}
