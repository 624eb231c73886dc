// Calls to whichever server answers, and what all answers together say of the store's newest revision.

import type { RangeRequest, RangeResponse, ResponseHeader } from '@kubets/api/generated/etcd.ts';
import type { Clock, Logger, Ms } from '@kubets/base';
import { type Revision, StoreUnavailableError } from '../store.ts';
import type { EtcdEndpoint } from './etcd_endpoint.ts';
import { HistoryLostError } from './etcd_error.ts';
import { Gate } from './gate.ts';

export interface EtcdCallsOptions {
  endpoints: readonly EtcdEndpoint[];
  clock: Clock;
  log: Logger;
}

/** etcd itself gives a request up after 7 s; another member may do better before. */
const attemptMs: Ms = 5_000;
/** A page of large values over a slow line. */
const readAttemptMs: Ms = 15_000;
/** Of what etcd answers without looking anything up; longer each round, where it is just slow. */
const firstRevisionAttemptMs: Ms = 2_000;
/** How long a read goes round the servers before it fails. */
const readBudgetMs: Ms = 30_000;
/** Writes under way at once: enough for etcd to put them into common batches, few enough for it to answer in time. */
const maxWrites = 128;
const firstPauseMs: Ms = 50;
/** No key of ours: the answer is its header. */
const noKey = new Uint8Array(1);
const longestPauseMs: Ms = 1_000;
/** Rounds in which every answer was older than what is known, until that is taken for the truth. */
const staleRounds = 3;

export class EtcdCalls {
  readonly #endpoints: readonly EtcdEndpoint[];
  readonly #clock: Clock;
  readonly #log: Logger;
  /** The server that answered last. */
  #preferred = 0;
  #known: Revision = 0;
  /** Waiting here costs a write nothing of its deadline. */
  readonly #writes = new Gate(maxWrites);
  readonly #onRevision = new Set<(revision: Revision) => void>();
  readonly #onHistoryLost = new Set<(error: HistoryLostError) => void>();
  #closed = false;

  constructor({ endpoints, clock, log }: EtcdCallsOptions) {
    this.#endpoints = endpoints;
    this.#clock = clock;
    this.#log = log;
  }

  /** The newest revision that any server has told. */
  get known(): Revision {
    return this.#known;
  }

  get endpoint(): EtcdEndpoint {
    return this.#endpoints[this.#preferred % this.#endpoints.length]!;
  }

  /** The next call goes to another server. */
  leave(endpoint: EtcdEndpoint): void {
    if (this.endpoint === endpoint) this.#preferred++;
  }

  /** Tells of each newer revision, and of a history that is gone. Returns what ends it. */
  follow(onRevision: (revision: Revision) => void, onLost: (error: HistoryLostError) => void): () => void {
    this.#onRevision.add(onRevision);
    this.#onHistoryLost.add(onLost);
    return () => {
      this.#onRevision.delete(onRevision);
      this.#onHistoryLost.delete(onLost);
    };
  }

  learn(revision: Revision): void {
    if (revision <= this.#known) return;
    this.#known = revision;
    for (const listener of this.#onRevision) listener(revision);
  }

  /**
   * A linearizable read. Its answer is never older than what any answer before it has told (etcd #20418: a member
   * that was stopped and goes on may serve what was), or it fails.
   */
  async read<Response extends { header?: ResponseHeader }>(
    method: string,
    request: object,
    options: { budgetMs?: Ms; firstAttemptMs?: Ms } = {},
  ): Promise<Response> {
    const floor = this.#known;
    const until = this.#clock.now() + (options.budgetMs ?? readBudgetMs);
    let staleAnswers = 0;
    let reason = 'the store is closed';
    for (let attempt = 1; !this.#closed; attempt++) {
      const { endpoint } = this;
      try {
        const growth = 2 ** Math.min(this.#roundOf(attempt - 1), 10);
        const patienceMs = Math.min(readAttemptMs, (options.firstAttemptMs ?? readAttemptMs) * growth);
        const deadline = Math.min(until, this.#clock.now() + patienceMs);
        const response = await endpoint.call<Response>(method, request, deadline);
        const revision = response.header?.revision ?? 0;
        // What isn't about keys (alarms) tells no revision.
        if (revision >= floor || revision === 0) {
          this.learn(revision);
          return response;
        }
        reason = `${endpoint.url} answered at revision ${revision} after ${floor} was known`;
        if (++staleAnswers >= staleRounds * this.#endpoints.length) throw this.#lose(revision, reason);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        reason = error.message;
      }
      this.leave(endpoint);
      const pauseMs = this.pauseMs(attempt);
      if (this.#clock.now() + pauseMs >= until) break;
      await this.#clock.sleep(pauseMs);
    }
    throw new StoreUnavailableError(reason);
  }

  /** The newest revision, linearizable. */
  async revision(options: { budgetMs?: Ms } = {}): Promise<Revision> {
    const request: RangeRequest = { key: noKey, countOnly: true };
    const response = await this.read<RangeResponse>('KV/Range', request, {
      ...options,
      firstAttemptMs: firstRevisionAttemptMs,
    });
    return response.header!.revision!;
  }

  /** One attempt on one server. @throws StoreUnavailableError when the outcome is open, others for refusals. */
  async writeOnce<Response extends { header?: ResponseHeader }>(
    method: string,
    request: object,
  ): Promise<Response> {
    return this.#writes.pass(async () => {
      if (this.#closed) throw new Error('the store is closed');
      const { endpoint } = this;
      try {
        return await endpoint.call<Response>(method, request, this.#clock.now() + attemptMs);
      } catch (error) {
        if (error instanceof StoreUnavailableError) this.leave(endpoint);
        throw error;
      }
    });
  }

  /** Each server is asked once at once, then with growing pauses. */
  pauseMs(attempt: number): Ms {
    const round = this.#roundOf(attempt);
    return round === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(round - 1, 10));
  }

  close(): void {
    this.#closed = true;
    for (const endpoint of this.#endpoints) endpoint.close();
  }

  #roundOf(attempt: number): number {
    return Math.floor(attempt / this.#endpoints.length);
  }

  #lose(revision: Revision, reason: string): HistoryLostError {
    const error = new HistoryLostError(`history is lost: ${reason}`);
    this.#log.error('the store has lost history that it had acknowledged', { revision, known: this.#known });
    this.#known = revision;
    for (const listener of this.#onHistoryLost) listener(error);
    return error;
  }
}
