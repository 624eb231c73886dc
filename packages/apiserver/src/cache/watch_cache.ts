// The one reader of the store: a list at start, then one watch over everything, dealt out to the histories.
import { type ApiError, type KubeObject, statusError } from '@kubets/api';
import { Backoff, type Clock, errorMessage, type Logger, type Ms } from '@kubets/base';
import type { Resource } from '@kubets/resources';
import { ByteSlabs, prefixRange, type Range, type Store } from '@kubets/storage';
import type { Stored } from '../request.ts';
import { History } from './history.ts';
import { KeptBytes } from './kept_lists.ts';
import { ParsedObjects } from './parsed_objects.ts';

export interface WatchCacheOptions {
  store: Store;
  clock: Clock;
  log: Logger;
  resources: readonly Resource[];
  /** Changes kept per resource. */
  ringCapacity?: number;
}

const registry = '/registry/';
const pageSize = 500;
/** Of lists that are kept for those who ask the same. */
const maxKeptBytes = 32 * 1024 * 1024;
/** JSON of entries that keep their objects, which take two to three times as much. */
const maxParsedBytes = 4 * 1024 * 1024;
/** How long a read waits for the cache to reach a revision (upstream: blockTimeout). */
const freshnessTimeoutMs: Ms = 3_000;

export class WatchCache {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #ringCapacity: number;
  readonly #histories = new Map<string, History>();
  readonly #keptBytes = new KeptBytes(maxKeptBytes);
  readonly #parsed = new ParsedObjects(maxParsedBytes);
  readonly #written = new Map<Uint8Array, KubeObject>();
  #waiting: { revision: number; reached: () => void }[] = [];
  #revision = 0;
  /** States before this one are forgotten, though memory may still hold what it takes to make them. */
  compactedRevision = 0;
  /** Why it is not loaded, once the store has failed. */
  failure: string | undefined;
  #ready = false;
  #readyWaiters: (() => void)[] = [];
  #asking: { promise: Promise<number>; next?: Promise<number> } | undefined;

  constructor({ store, clock, log, resources, ringCapacity = 4_096 }: WatchCacheOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#ringCapacity = ringCapacity;
    for (const resource of resources) this.#add(resource);
  }

  /** Everything that was committed up to this revision is in the histories. */
  get revision(): number {
    return this.#revision;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  histories(): Iterable<History> {
    return this.#histories.values();
  }

  historyOf(resource: Resource): History {
    return this.#histories.get(resource.storagePath)!;
  }

  /** Serves one more resource (of a CRD); resolves when its objects are loaded. */
  async add(resource: Resource): Promise<History> {
    const history = this.#add(resource);
    if (this.#ready) await this.#load(prefixRange(history.prefix), [history]);
    return history;
  }

  remove(resource: Resource): void {
    this.#histories.get(resource.storagePath)?.endWatches();
    this.#histories.delete(resource.storagePath);
  }

  /** Call before a commit of `value`: the cache then shares `object` instead of parsing the bytes again. */
  remember(value: Uint8Array, object: KubeObject): void {
    this.#written.set(value, object);
  }

  /** Call when the commit has ended, however. */
  forget(value: Uint8Array): void {
    this.#written.delete(value);
  }

  ready(): Promise<void> {
    if (this.#ready) return Promise.resolve();
    return new Promise((resolve) => this.#readyWaiters.push(resolve));
  }

  /** Resolves when the histories hold `revision`. @throws ApiError 504 when that takes too long. */
  async waitFor(revision: number): Promise<void> {
    if (this.#revision >= revision) return;
    await new Promise<void>((resolve, reject) => {
      const waiter = {
        revision,
        reached: () => {
          cancel();
          resolve();
        },
      };
      const cancel = this.#clock.after(freshnessTimeoutMs, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(tooLarge(revision, this.#revision, 1));
      });
      this.#waiting.push(waiter);
    });
  }

  /** Resolves when the histories hold everything that was committed before this call, by any server. */
  async fresh(): Promise<number> {
    const revision = await this.#newestRevision();
    if (this.#revision < revision) await this.waitFor(revision);
    return revision;
  }

  /** Follows the store until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ initialMs: 100, maxMs: 5_000 });
    while (!signal.aborted) {
      try {
        const revision = await this.#load(prefixRange(registry), [...this.#histories.values()]);
        // A store that was put back to an older state counts from there again.
        this.#revision = Math.min(this.#revision, revision);
        this.#reached(revision);
        this.failure = undefined;
        this.#becomeReady();
        backoff.forget('store');
        await this.#follow(revision, signal);
      } catch (error) {
        if (signal.aborted) break;
        this.failure = errorMessage(error);
        this.#log.error('the store failed; starting again from a list', { error: this.failure });
        await this.#clock.sleep(backoff.next('store'), signal).catch(() => {});
      }
    }
    for (const history of this.#histories.values()) history.endWatches();
  }

  async #follow(after: number, signal: AbortSignal): Promise<void> {
    for await (const { changes, revision } of this.#store.watch(prefixRange(registry), after, signal)) {
      for (const change of changes) this.historyOfKey(change.key)?.apply(change);
      this.#reached(revision);
    }
  }

  async #load(range: Range, histories: readonly History[]): Promise<number> {
    const states = new Map<History, Stored[]>(histories.map((history) => [history, []]));
    const slabs = new ByteSlabs();
    let start = range.start;
    let at: number | undefined;
    for (;;) {
      const page = await this.#store.list({ start, end: range.end }, { limit: pageSize, at });
      at ??= page.revision;
      for (const entry of page.entries) {
        const history = this.historyOfKey(entry.key);
        const state = history && states.get(history);
        const stored = state && history.read(entry, slabs);
        if (stored) state.push(stored);
      }
      if (page.remaining === 0 || page.entries.length === 0) break;
      start = page.entries.at(-1)!.key + '\0';
    }
    for (const [history, state] of states) history.load(state, at);
    return at;
  }

  /** Whose object `key` is. */
  // A storage path is one segment (`pods`) or two (`services/specs`, `example.com/widgets`).
  historyOfKey(key: string): History | undefined {
    const first = key.indexOf('/', registry.length);
    const one = this.#histories.get(key.slice(registry.length, first));
    if (one) return one;
    const second = key.indexOf('/', first + 1);
    return second < 0 ? undefined : this.#histories.get(key.slice(registry.length, second));
  }

  #add(resource: Resource): History {
    const history = new History({
      resource,
      ringCapacity: this.#ringCapacity,
      writtenAs: (value) => this.#takeWritten(value),
      keptBytes: this.#keptBytes,
      parsed: this.#parsed,
      onUnreadable: (key, revision, error) =>
        this.#log.error('a stored value cannot be read', { key, revision, reason: errorMessage(error) }),
    });
    this.#histories.set(resource.storagePath, history);
    return history;
  }

  /** Once: the store keeps the bytes for a while, and with them the object would stay too. */
  #takeWritten(value: Uint8Array): KubeObject | undefined {
    const object = this.#written.get(value);
    if (object) this.#written.delete(value);
    return object;
  }

  // A question that is already on its way may have been answered before our caller's write, so a caller waits
  // for the next one; all callers that wait share it.
  #newestRevision(): Promise<number> {
    const ask = () => {
      const asking: { promise: Promise<number>; next?: Promise<number> } = {
        promise: this.#store.revision().finally(() => {
          if (this.#asking === asking && !asking.next) this.#asking = undefined;
        }),
      };
      this.#asking = asking;
      return asking.promise;
    };
    if (!this.#asking) return ask();
    return (this.#asking.next ??= this.#asking.promise.then(ask, ask));
  }

  #reached(revision: number): void {
    if (revision <= this.#revision) return;
    this.#revision = revision;
    if (this.#waiting.length === 0) return;
    const reached = this.#waiting.filter((waiter) => waiter.revision <= revision);
    if (reached.length === 0) return;
    this.#waiting = this.#waiting.filter((waiter) => waiter.revision > revision);
    for (const waiter of reached) waiter.reached();
  }

  #becomeReady(): void {
    this.#ready = true;
    for (const resolve of this.#readyWaiters.splice(0)) resolve();
  }
}

/** Clients know the cause and try again with what there is (apimachinery: CauseTypeResourceVersionTooLarge). */
export function tooLarge(asked: number, current: number, retryAfterSeconds?: number): ApiError {
  return statusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    ...(retryAfterSeconds && { retryAfterSeconds }),
  });
}
