// Concurrent clients with one seed: what they do is decided by it, what they see is written down.
import type { Random } from '@kubets/base';
import {
  type Bytes,
  type Change,
  CompactedError,
  type Entry,
  FutureRevisionError,
  prefixRange,
  type Store,
} from '../store.ts';
import type {
  History,
  ListOperation,
  Operation,
  SeenBatch,
  SeenChange,
  SeenEntry,
  SeenWatch,
} from './history.ts';

export interface WorkloadOptions {
  store: Store;
  random: Random;
  /** Resolves a little later; how much is up to the store's own world: promises, ticks, milliseconds. */
  pause(): Promise<void>;
  clients?: number;
  /** Of all clients together, in each of the phases. */
  operations?: number;
  keys?: number;
  watchers?: number;
  /** Phases end with all clients gone; between two of them `restart` closes or crashes the store and opens it again. */
  phases?: number;
  restart?(store: Store): Promise<Store>;
  /** Of a hundred operations, how many compact. */
  compactions?: number;
  /** True: what failed means nothing, the store has crashed. */
  isCrash?(error: unknown): boolean;
}

const prefix = '/registry/pods/';
const range = prefixRange(prefix);
/** Batches that a slow watcher leaves unread are its store's matter, but it must come to an end. */
const drainPauses = 2_000;

export async function runWorkload(options: WorkloadOptions): Promise<History> {
  const { phases = 1, restart } = options;
  const recorder = new Recorder(options);
  let { store } = options;
  for (let phase = 0; phase < phases; phase++) {
    if (phase > 0) store = await restart!(store);
    await recorder.runPhase(store);
  }
  // Whoever has followed it all may have been cut off before the last of what was acknowledged.
  if (restart) await recorder.runPhase(await restart(store), 0);
  return recorder.history();
}

class Recorder {
  readonly #options: WorkloadOptions;
  readonly #operations: Operation[] = [];
  readonly #lists: ListOperation[] = [];
  readonly #watches: SeenWatch[] = [];
  readonly #changes: SeenChange[] = [];
  /** What each client believes of each key: right or not, it writes on that. */
  readonly #believed = new Map<string, SeenEntry | undefined>();
  #time = 0;
  #values = 0;
  #client = 0;
  /** Where the watcher that must miss nothing stands. */
  #complete = 0;
  #compacted = 1;

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  history(): History {
    return {
      operations: this.#operations,
      lists: this.#lists,
      watches: this.#watches,
      changes: this.#changes,
    };
  }

  async runPhase(store: Store, operations = this.#options.operations ?? 200): Promise<void> {
    const { clients = 4, watchers = 3 } = this.#options;
    const stop = new AbortController();
    this.#complete ||= await store.revision();
    const complete = this.#followAll(store, stop.signal);
    const others = Array.from({ length: watchers }, () => this.#watchSome(store, stop.signal));
    let left = operations;
    const client = async () => {
      const id = this.#client++;
      while (left-- > 0) if (!(await this.#act(store, id))) break;
    };
    await Promise.all(Array.from({ length: clients }, client));
    await this.#drain(store);
    stop.abort();
    await Promise.all([complete, ...others]);
  }

  /** One operation. False: the store has crashed. */
  async #act(store: Store, client: number): Promise<boolean> {
    const { random, pause, compactions = 2, isCrash } = this.#options;
    const dice = random.next() * 100;
    try {
      if (dice < compactions) await this.#compact(store);
      else if (dice < 30) await this.#get(store, client);
      else if (dice < 40) await this.#list(store);
      else await this.#write(store, client);
    } catch (error) {
      if (isCrash?.(error)) return false;
      if (error instanceof CompactedError || error instanceof FutureRevisionError) return true;
      // A refusal of the disk; what it says of the write has been written down.
    }
    if (random.next() < 0.5) await pause();
    return true;
  }

  async #get(store: Store, client: number): Promise<void> {
    const key = this.#key();
    const calledAt = this.#time++;
    const entry = seenEntry(await store.get(key));
    this.#believed.set(`${client} ${key}`, entry);
    this.#operations.push({
      client,
      key,
      calledAt,
      returnedAt: this.#time++,
      outcome: { type: 'read', entry },
    });
  }

  async #write(store: Store, client: number): Promise<void> {
    const { random } = this.#options;
    const key = this.#key();
    const believed = this.#believed.get(`${client} ${key}`);
    const expect = believed?.modRevision ?? 'absent';
    const text = believed && random.next() < 0.25 ? null : `v${this.#values++}`;
    const write = { expect, value: text } as const;
    const calledAt = this.#time++;
    const record = (outcome: Operation['outcome'], returnedAt: number) =>
      this.#operations.push({ client, key, calledAt, returnedAt, write, outcome });
    try {
      const result = await store.commit({ key, expect, value: text === null ? null : encode(text) });
      if (result.ok) {
        const { revision } = result;
        const createRevision = believed?.createRevision ?? revision;
        this.#believed.set(
          `${client} ${key}`,
          text === null ? undefined : { value: text, createRevision, modRevision: revision },
        );
        record({ type: 'written', revision }, this.#time++);
      } else {
        const current = seenEntry(result.current);
        this.#believed.set(`${client} ${key}`, current);
        record({ type: 'refused', current }, this.#time++);
      }
    } catch (error) {
      record({ type: 'unknown' }, Number.POSITIVE_INFINITY);
      throw error;
    }
  }

  async #list(store: Store): Promise<void> {
    const { random } = this.#options;
    const newest = this.#changes.at(-1)?.revision ?? this.#complete;
    const at =
      random.next() < 0.5
        ? undefined
        : this.#compacted + Math.floor(random.next() * (newest - this.#compacted + 1));
    const calledAt = this.#time++;
    const { entries, revision } = await store.list(range, { at });
    this.#lists.push({
      calledAt,
      returnedAt: this.#time++,
      range,
      at,
      revision,
      entries: entries.map((entry) => ({ key: entry.key, ...seenEntry(entry)! })),
    });
  }

  async #compact(store: Store): Promise<void> {
    // What the complete watcher has not seen yet must stay: it is the measure of all others.
    const newest = this.#complete;
    const before = Math.max(1, newest - Math.floor(this.#options.random.next() * 10));
    this.#compacted = Math.max(this.#compacted, before);
    await store.compact(before);
  }

  async #followAll(store: Store, signal: AbortSignal): Promise<void> {
    const { isCrash } = this.#options;
    const batches: SeenBatch[] = [];
    this.#watches.push({ range, after: this.#complete, batches });
    try {
      for await (const { changes, revision } of store.watch(range, this.#complete, signal)) {
        const seen = changes.map(seenChange);
        batches.push({ revision, changes: seen });
        this.#changes.push(...seen);
        this.#complete = revision;
      }
    } catch (error) {
      if (!isCrash?.(error)) throw error;
    }
  }

  /** Watches from here and there, reads now slowly and now fast, breaks off and goes on where it was. */
  async #watchSome(store: Store, signal: AbortSignal): Promise<void> {
    const { random, pause, isCrash } = this.#options;
    const own = random.next() < 0.5 ? range : { start: this.#key(), end: range.end };
    let after = this.#complete;
    while (!signal.aborted) {
      const batches: SeenBatch[] = [];
      let compactedRevision: number | undefined;
      const begin = after;
      try {
        const breakAfter = 1 + Math.floor(random.next() * 20);
        for await (const { changes, revision } of store.watch(own, begin, signal)) {
          batches.push({ revision, changes: changes.map(seenChange) });
          after = revision;
          if (batches.length >= breakAfter) break;
          while (random.next() < 0.4) await pause();
        }
      } catch (error) {
        if (error instanceof CompactedError) compactedRevision = error.compactedRevision;
        else if (isCrash?.(error)) return;
        else throw error;
      }
      this.#watches.push({ range: own, after: begin, batches, compactedRevision });
      if (compactedRevision !== undefined) after = Math.max(compactedRevision - 1, after);
      // Now and then from further back.
      else if (random.next() < 0.3) after = Math.max(this.#compacted, after - Math.floor(random.next() * 20));
      await pause();
    }
  }

  /** Waits until the complete watcher has seen the newest revision. */
  async #drain(store: Store): Promise<void> {
    const { pause, isCrash } = this.#options;
    try {
      const revision = await store.revision();
      for (let i = 0; i < drainPauses && this.#complete < revision; i++) await pause();
    } catch (error) {
      if (!isCrash?.(error)) throw error;
    }
  }

  #key(): string {
    const { random, keys = 5 } = this.#options;
    return `${prefix}${Math.floor(random.next() * keys)}`;
  }
}

function seenEntry(entry: Entry | undefined): SeenEntry | undefined {
  if (!entry) return undefined;
  const { value, createRevision, modRevision } = entry;
  return { value: decode(value), createRevision, modRevision };
}

function seenChange({ type, key, value, revision, createRevision, previous }: Change): SeenChange {
  return {
    type,
    key,
    value: decode(value),
    revision,
    createRevision,
    previous: previous && `${decode(previous.value)}@${previous.modRevision}`,
  };
}

function encode(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function decode(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}
