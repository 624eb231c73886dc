// Conditional writes, and what to say of one whose answer never came.

import type { Compare, RequestOp, TxnRequest, TxnResponse } from '@kubets/api/generated/etcd.ts';
import type { Clock, Logger, Ms } from '@kubets/base';
import {
  type Change,
  type CommitResult,
  CompactedError,
  maxValueBytes,
  type Revision,
  type Store,
  StoreUnavailableError,
  UnknownOutcomeError,
  ValueTooLargeError,
} from '../store.ts';
import type { EtcdCalls } from './etcd_calls.ts';
import { LeaseGoneError } from './etcd_error.ts';
import { EtcdLeases } from './etcd_leases.ts';
import { encode } from './etcd_reads.ts';
import { Gate } from './gate.ts';
import type { KeyPrefix } from './key_prefix.ts';
import { entryOf } from './watch_assembly.ts';

export type Write = Parameters<Store['commit']>[0];

export interface EtcdCommitsOptions {
  calls: EtcdCalls;
  clock: Clock;
  log: Logger;
  prefix: KeyPrefix;
  /** Everything that happened to `key` with after < revision <= to. @throws CompactedError */
  changesOf(key: string, after: Revision, to: Revision): Promise<Change[]>;
  revision(): Promise<Revision>;
  get: Store['get'];
}

/** How long an open outcome is looked into: longer than an election and the restart of a server. */
const settleMs: Ms = 30_000;
/** Searches of the history at once. */
const maxSearches = 4;
/** `Compare.CompareTarget.MOD` */
const modRevision = 2;

/**
 * A write carries its condition, so etcd carries it out at most once however often it is asked: the condition holds
 * no longer afterwards. That makes an unanswered write decidable. The history since it was sent either shows the
 * change (then it is done), or the condition is gone without it (then it was refused), or the condition holds still:
 * then it is asked again. Only `expect: 'absent'` could hold again after somebody deleted what the lost request
 * made; the history is searched before each attempt for that. Where the history can't be read the outcome stays
 * unknown, and is told so: UnknownOutcomeError, never a failure.
 *
 * Two writers that replace one revision by the same bytes, or both delete it, are one change in the history; both
 * are told that it is done, which it is.
 */
export class EtcdCommits {
  readonly #options: EtcdCommitsOptions;
  readonly #searches = new Gate(maxSearches);
  readonly #leases: EtcdLeases;

  constructor(options: EtcdCommitsOptions) {
    this.#options = options;
    this.#leases = new EtcdLeases(options);
  }

  async commit(write: Write): Promise<CommitResult> {
    if (write.value && write.value.length > maxValueBytes) throw new ValueTooLargeError();
    const { calls } = this.#options;
    // What happened up to here can't be this write.
    const floor = calls.known;
    const lease = write.ttlSeconds ? await this.#leases.leaseFor(write.ttlSeconds) : undefined;
    const request = transactionOf(this.#options.prefix.toEtcd(write.key), write, lease);
    try {
      const result = await this.#attempt(write, request);
      return result ?? (await this.#settle(write, request, floor));
    } catch (error) {
      if (!(error instanceof LeaseGoneError)) throw error;
      this.#leases.forget();
      return this.commit({ ...write, ttlSeconds: undefined });
    }
  }

  /** Undefined: no answer, so nobody knows yet. */
  async #attempt(write: Write, request: TxnRequest): Promise<CommitResult | undefined> {
    const { calls, log } = this.#options;
    let response: TxnResponse;
    try {
      response = await calls.writeOnce<TxnResponse>('KV/Txn', request);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      log.warn('a write was not answered', { key: write.key, reason: error.message });
      return undefined;
    }
    const revision = response.header?.revision ?? 0;
    calls.learn(revision);
    if (response.succeeded) return { ok: true, revision };
    const kv = response.responses?.[0]?.responseRange?.kvs?.[0];
    return { ok: false, current: kv && entryOf(write.key, kv), revision };
  }

  async #settle(write: Write, request: TxnRequest, floor: Revision): Promise<CommitResult> {
    const { calls, clock, revision: newestRevision, get } = this.#options;
    const until = clock.now() + settleMs;
    for (let attempt = 1; clock.now() < until; attempt++) {
      await clock.sleep(calls.pauseMs(attempt));
      try {
        const now = await newestRevision();
        const done = (await this.#changesSince(write, floor, now)).find((change) => isOf(write, change));
        if (done) return { ok: true, revision: done.revision };
        const current = await get(write.key);
        // Of the newest revision, so perhaps of this very write: the next round tells.
        if (current && current.modRevision > now) continue;
        if ((current?.modRevision ?? 'absent') !== write.expect) {
          return { ok: false, current, revision: calls.known };
        }
        const result = await this.#attempt(write, request);
        if (result?.ok) return result;
        // Refused or unanswered: in between, an earlier attempt may have been carried out.
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
    }
    throw new UnknownOutcomeError();
  }

  async #changesSince({ key }: Write, floor: Revision, to: Revision): Promise<Change[]> {
    if (to <= floor) return [];
    try {
      return await this.#searches.pass(() => this.#options.changesOf(key, floor, to));
    } catch (error) {
      if (error instanceof CompactedError) throw new UnknownOutcomeError();
      throw error;
    }
  }
}

function transactionOf(key: string, { expect, value }: Write, lease: number | undefined): TxnRequest {
  const bytes = encode(key);
  const compare: Compare = {
    target: modRevision,
    key: bytes,
    modRevision: expect === 'absent' ? 0 : expect,
  };
  const change: RequestOp = value
    ? { requestPut: { key: bytes, value, lease } }
    : { requestDeleteRange: { key: bytes } };
  return { compare: [compare], success: [change], failure: [{ requestRange: { key: bytes } }] };
}

/** True for the change that `write` makes. */
function isOf({ expect, value }: Write, change: Change): boolean {
  if (expect === 'absent') {
    if (change.type === 'delete' || change.createRevision !== change.revision) return false;
  } else if (change.previous?.modRevision !== expect) {
    return false;
  }
  if (value === null) return change.type === 'delete';
  return change.type === 'put' && Buffer.compare(change.value, value) === 0;
}
