// One watch that outlives its streams: it opens another at the place where the last one broke off.
import type { WatchResponse } from '@kubets/api/generated/etcd.ts';
import { type Clock, errorMessage, type Logger, type Ms } from '@kubets/base';
import {
  type Bytes,
  type Change,
  type ChangeBatch,
  CompactedError,
  type Range,
  type Revision,
} from '../store.ts';
import type { EtcdCalls } from './etcd_calls.ts';
import type { EtcdEndpoint, EtcdWatchStream } from './etcd_endpoint.ts';
import type { KeyPrefix } from './key_prefix.ts';
import { WatchAssembly } from './watch_assembly.ts';

export interface EtcdWatchOptions {
  calls: EtcdCalls;
  clock: Clock;
  log: Logger;
  prefix: KeyPrefix;
  range: Range;
  after: Revision;
  signal: AbortSignal;
  /** The very array that a writer of this process committed, where `value` has the same bytes. */
  ownValue(key: string, value: Bytes): Bytes;
  onEnd(): void;
}

/** What waits for a slow reader, at most, beside the one answer that is being read. */
const maxQueuedChanges = 10_000;
const maxQueuedBytes = 32 * 1024 * 1024;
const createTimeoutMs: Ms = 2_500;
/** How long a stream may be silent although it is behind what is known to have happened. */
const stallMs: Ms = 2_500;
/** Streams that are silent about the events after a revision, until these count as gone. */
const maxFruitless = 6;
/** Streams that give them wrongly count for more: no lagging server does that. */
const wrong = 2;
const everyKey = new Uint8Array(1);

export class EtcdWatch implements AsyncIterator<ChangeBatch> {
  readonly #options: EtcdWatchOptions;
  readonly #assembly: WatchAssembly;
  readonly #queue: ChangeBatch[] = [];
  #queuedChanges = 0;
  #queuedBytes = 0;
  #readers: { resolve(result: IteratorResult<ChangeBatch>): void; reject(error: unknown): void }[] = [];
  #stream: EtcdWatchStream | undefined;
  #endpoint: EtcdEndpoint | undefined;
  #state: 'new' | 'opening' | 'live' | 'broken' | 'ended' = 'new';
  #paused = false;
  #failure: Error | undefined;
  /** Streams that broke one after the other without a sign of life. */
  #failures = 0;
  #fruitless = 0;
  /** Answers with events of this stream, pieces of large revisions among them. */
  #heard = 0;
  #awaiting: { revision: Revision; resolve: () => void }[] = [];
  #cancelTimer: () => void = () => {};
  #cancelStallCheck: (() => void) | undefined;
  #unfollow: () => void = () => {};
  readonly #onAbort = () => this.#end();

  constructor(options: EtcdWatchOptions) {
    this.#options = options;
    this.#assembly = new WatchAssembly(options.after, options.prefix.fromEtcd);
  }

  next(): Promise<IteratorResult<ChangeBatch>> {
    return new Promise((resolve, reject) => {
      this.#start();
      const batch = this.#queue.shift();
      if (batch) {
        this.#queuedChanges -= batch.changes.length;
        this.#queuedBytes -= bytesOf(batch);
        resolve({ done: false, value: batch });
        this.#resumeIfRoom();
      } else if (this.#failure) {
        reject(this.#failure);
        this.#failure = undefined;
      } else if (this.#state === 'ended') {
        resolve({ done: true, value: undefined });
      } else {
        this.#readers.push({ resolve, reject });
      }
    });
  }

  async return(): Promise<IteratorResult<ChangeBatch>> {
    this.#queue.length = 0;
    this.#failure = undefined;
    this.#end();
    return { done: true, value: undefined };
  }

  /** Settles once everything up to `revision` has been handed over, or when that isn't to be expected soon. */
  handed(revision: Revision): Promise<void> | undefined {
    const expected = (this.#state === 'opening' || this.#state === 'live') && !this.#paused;
    if (!expected || revision <= this.#assembly.revision) return undefined;
    return new Promise((resolve) => this.#awaiting.push({ revision, resolve }));
  }

  close(): void {
    this.#end();
  }

  #start(): void {
    if (this.#state !== 'new') return;
    const { signal, calls } = this.#options;
    this.#state = 'broken';
    if (signal.aborted) {
      this.#end();
      return;
    }
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#unfollow = calls.follow(
      (revision) => this.#checkForStall(revision),
      (error) => this.#fail(error),
    );
    this.#state = 'opening';
    this.#open();
  }

  #open(): void {
    const { calls, clock } = this.#options;
    const endpoint = calls.endpoint;
    this.#endpoint = endpoint;
    this.#assembly.restart();
    const watch = endpoint.watch();
    const { stream } = watch;
    this.#stream = watch;
    this.#cancelTimer = clock.after(createTimeoutMs, () => {
      watch.distrust();
      this.#break(watch, 'no answer');
    });
    stream.on('data', (response: WatchResponse) => this.#accept(watch, response));
    stream.on('error', (error) => this.#break(watch, errorMessage(error)));
    stream.on('end', () => this.#break(watch, 'ended by the server'));
    // From the first key to past the last. A large revision comes in pieces instead of being refused.
    stream.write({
      createRequest: {
        key: everyKey,
        rangeEnd: everyKey,
        startRevision: this.#assembly.revision + 1,
        prevKv: true,
        fragment: true,
      },
    });
  }

  #accept(stream: EtcdWatchStream, response: WatchResponse): void {
    if (stream !== this.#stream) return;
    const { calls } = this.#options;
    if (response.events?.length) this.#heard++;
    if (response.created && !response.canceled) this.#goLive(response.header?.revision ?? 0);
    const result = this.#assembly.accept(response);
    switch (result.type) {
      case 'batch':
        this.#failures = 0;
        this.#fruitless = 0;
        this.#push(result.batch);
        calls.learn(result.batch.revision);
        break;
      case 'gap':
        this.#giveUpIfFruitless(result.next, wrong);
        this.#break(stream, `revisions after ${this.#assembly.revision} are missing before ${result.next}`);
        break;
      case 'compacted':
        this.#fail(new CompactedError(result.revision));
        break;
      case 'canceled':
        this.#break(stream, result.reason);
        break;
    }
  }

  #goLive(serverRevision: Revision): void {
    const { calls, log } = this.#options;
    this.#cancelTimer();
    this.#state = 'live';
    this.#failures = 0;
    this.#checkForStall(calls.known);
    if (serverRevision >= this.#assembly.revision) return;
    // A member that lags catches up. A history that has gone back shows in a linearizable read, which tells us.
    calls.revision().catch((error) => {
      log.warn('etcd did not say how far it is', { reason: errorMessage(error) });
    });
  }

  #push(batch: ChangeBatch): void {
    const own: ChangeBatch = {
      changes: batch.changes
        .filter((change) => this.#isWatched(change))
        .map((change) => this.#withOwnValue(change)),
      revision: batch.revision,
    };
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ done: false, value: own });
    } else {
      this.#enqueue(own);
    }
    this.#release(batch.revision);
  }

  #enqueue(batch: ChangeBatch): void {
    if (batch.changes.length === 0 && this.#queue.at(-1)?.changes.length === 0) this.#queue.pop();
    this.#queue.push(batch);
    this.#queuedChanges += batch.changes.length;
    this.#queuedBytes += bytesOf(batch);
    if (this.#queuedChanges > maxQueuedChanges || this.#queuedBytes > maxQueuedBytes) {
      this.#paused = true;
      this.#stream?.stream.pause();
      this.#release();
    }
  }

  #resumeIfRoom(): void {
    if (!this.#paused || this.#queuedChanges > maxQueuedChanges / 2) return;
    if (this.#queuedBytes > maxQueuedBytes / 2) return;
    this.#paused = false;
    this.#stream?.stream.resume();
    this.#checkForStall(this.#options.calls.known);
  }

  #isWatched({ key }: Change): boolean {
    const { start, end } = this.#options.range;
    return key >= start && key < end;
  }

  #withOwnValue(change: Change): Change {
    if (change.type === 'delete') return change;
    const value = this.#options.ownValue(change.key, change.value);
    return value === change.value ? change : { ...change, value };
  }

  /** Lets those go on who wait for `revision`; without one, all. */
  #release(revision = Number.POSITIVE_INFINITY): void {
    if (this.#awaiting.length === 0) return;
    const reached = this.#awaiting.filter((waiter) => waiter.revision <= revision);
    this.#awaiting = this.#awaiting.filter((waiter) => waiter.revision > revision);
    for (const { resolve } of reached) resolve();
  }

  #checkForStall(known: Revision): void {
    if (this.#cancelStallCheck || this.#state !== 'live' || this.#paused) return;
    if (known <= this.#assembly.revision) return;
    const before = this.#assembly.revision;
    const heard = this.#heard;
    const stream = this.#stream!;
    this.#cancelStallCheck = this.#options.clock.after(stallMs, () => {
      this.#cancelStallCheck = undefined;
      if (this.#paused || stream !== this.#stream) return;
      if (this.#heard > heard) {
        this.#checkForStall(this.#options.calls.known);
        return;
      }
      stream.distrust();
      this.#giveUpIfFruitless(known);
      this.#break(stream, `nothing came after revision ${before}, though ${known} is known`);
    });
  }

  /** Events that several streams don't have are not to be had: the reader must list. */
  #giveUpIfFruitless(next: Revision, weight = 1): void {
    this.#fruitless += weight;
    if (this.#fruitless >= maxFruitless) this.#fail(new CompactedError(next));
  }

  #break(stream: EtcdWatchStream, reason: string): void {
    if (stream !== this.#stream || this.#state === 'ended') return;
    const { calls, clock, log } = this.#options;
    log.debug('etcd watch broke off', {
      endpoint: this.#endpoint!.url,
      reason,
      after: this.#assembly.revision,
    });
    calls.leave(this.#endpoint!);
    this.#drop();
    this.#state = 'broken';
    this.#release();
    this.#cancelTimer = clock.after(calls.pauseMs(++this.#failures), () => this.#open());
  }

  #drop(): void {
    const stream = this.#stream?.stream;
    this.#stream = undefined;
    this.#cancelTimer();
    this.#cancelStallCheck?.();
    this.#cancelStallCheck = undefined;
    if (!stream) return;
    stream.removeAllListeners('data');
    stream.on('error', () => {});
    stream.cancel();
  }

  #fail(error: Error): void {
    if (this.#state === 'ended') return;
    const reader = this.#readers.shift();
    if (reader) reader.reject(error);
    else this.#failure = error;
    this.#end();
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#drop();
    this.#release();
    this.#unfollow();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    for (const { resolve } of this.#readers.splice(0)) resolve({ done: true, value: undefined });
    this.#options.onEnd();
  }
}

function bytesOf({ changes }: ChangeBatch): number {
  let bytes = 0;
  for (const { value, previous } of changes) bytes += value.length + (previous?.value.length ?? 0);
  return bytes;
}
