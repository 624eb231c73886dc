import {
  type AlarmResponse,
  AlarmType,
  type CompactionResponse,
  type StatusResponse,
} from '@kubets/api/generated/etcd.ts';
import { type Clock, errorMessage, type Logger, type Ms } from '@kubets/base';
import {
  type Bytes,
  type Change,
  CompactedError,
  type Range,
  type Revision,
  type Store,
  StoreUnavailableError,
} from '../store.ts';
import { EtcdCalls } from './etcd_calls.ts';
import { EtcdCommits, type Write } from './etcd_commits.ts';
import { type EtcdTls, etcdEndpoint } from './etcd_endpoint.ts';
import { EtcdReads } from './etcd_reads.ts';
import { EtcdWatch } from './etcd_watch.ts';
import { keyPrefix } from './key_prefix.ts';

export interface EtcdStoreOptions {
  /** URLs of the members, e.g. `https://10.0.0.1:2379`. */
  endpoints: readonly string[];
  tls?: EtcdTls;
  /** What keys begin with in etcd, as kube-apiserver's --etcd-prefix. Default /registry. */
  prefix?: string;
  clock: Clock;
  log: Logger;
}

const openBudgetMs: Ms = 20_000;
const statusMs: Ms = 5_000;
const alarmNames = Object.fromEntries(Object.entries(AlarmType).map(([name, code]) => [code, name]));

/** Opens a store in an etcd cluster, v3.4 or later. Throws when none of the servers answers within 20 s. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const { clock, log, tls } = options;
  const endpoints = options.endpoints.map((url) => etcdEndpoint(url, tls));
  const calls = new EtcdCalls({ endpoints, clock, log });
  try {
    await calls.revision({ budgetMs: openBudgetMs });
  } catch (error) {
    calls.close();
    throw error;
  }
  const status = calls.endpoint.call<StatusResponse>('Maintenance/Status', {}, clock.now() + statusMs);
  await status.then(
    ({ version, errors }) => log.info('etcd is there', { version, errors: errors?.join(', ') }),
    (error) => log.warn('etcd is there, but gives no status', { reason: errorMessage(error) }),
  );
  return new EtcdStore(options, calls);
}

/**
 * Every watch is one etcd watch over all keys (see WatchAssembly), cut to its range here: made for an API server,
 * which watches its whole prefix once.
 */
class EtcdStore implements Store {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #prefix;
  readonly #calls: EtcdCalls;
  readonly #reads: EtcdReads;
  readonly #commits: EtcdCommits;
  readonly #watches = new Set<EtcdWatch>();
  /** Values of writes on their way, by key: a watch hands on the writer's own array, which readers know again. */
  readonly #writing = new Map<string, Set<Bytes>>();

  constructor({ clock, log, prefix }: EtcdStoreOptions, calls: EtcdCalls) {
    this.#clock = clock;
    this.#log = log;
    this.#calls = calls;
    this.#prefix = keyPrefix(prefix ?? '/registry');
    this.#reads = new EtcdReads(calls, this.#prefix, () => this.#compactedRevision());
    this.#commits = new EtcdCommits({
      calls,
      clock,
      log,
      prefix: this.#prefix,
      changesOf: (key, after, to) => this.#changesOf(key, after, to),
      revision: () => this.#reads.revision(),
      get: (key, at) => this.#reads.get(key, at),
    });
  }

  revision(): Promise<Revision> {
    return this.#reads.revision();
  }

  get(key: string, at?: Revision) {
    return this.#reads.get(key, at);
  }

  list(range: Range, options: { limit?: number; at?: Revision } = {}) {
    return this.#reads.list(range, options);
  }

  async commit(write: Write) {
    const forget = this.#rememberWriting(write);
    try {
      const result = await this.#commits.commit(write);
      if (result.ok) await this.#handed(result.revision);
      return result;
    } finally {
      forget();
    }
  }

  watch(range: Range, after: Revision, signal: AbortSignal) {
    return { [Symbol.asyncIterator]: () => this.#watch(range, after, signal) };
  }

  async compact(before: Revision): Promise<void> {
    try {
      await this.#calls.read<CompactionResponse>('KV/Compact', { revision: before });
    } catch (error) {
      // By another server, or by the attempt before whose answer was lost.
      if (!(error instanceof CompactedError)) throw error;
    }
  }

  /** Alarms of the members. NOSPACE stays until somebody makes room and disarms it. */
  async problems(): Promise<readonly string[]> {
    const { alarms = [] } = await this.#calls.read<AlarmResponse>('Maintenance/Alarm', {});
    return alarms.map(({ memberID, alarm }) => `${alarmNames[alarm ?? 0] ?? alarm}: member ${memberID}`);
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.close();
    this.#calls.close();
  }

  #watch(range: Range, after: Revision, signal: AbortSignal): EtcdWatch {
    const watch = new EtcdWatch({
      calls: this.#calls,
      clock: this.#clock,
      log: this.#log,
      prefix: this.#prefix,
      range,
      after,
      signal,
      ownValue: (key, value) => this.#ownValue(key, value),
      onEnd: () => this.#watches.delete(watch),
    });
    this.#watches.add(watch);
    return watch;
  }

  async #handed(revision: Revision): Promise<void> {
    for (const watch of this.#watches) await watch.handed(revision);
  }

  #rememberWriting({ key, value }: Write): () => void {
    if (!value) return () => {};
    let values = this.#writing.get(key);
    if (!values) {
      values = new Set();
      this.#writing.set(key, values);
    }
    const all = values;
    all.add(value);
    return () => {
      all.delete(value);
      if (all.size === 0 && this.#writing.get(key) === all) this.#writing.delete(key);
    };
  }

  #ownValue(key: string, value: Bytes): Bytes {
    for (const own of this.#writing.get(key) ?? []) {
      if (own.length === value.length && Buffer.compare(own, value) === 0) return own;
    }
    return value;
  }

  async #changesOf(key: string, after: Revision, to: Revision): Promise<Change[]> {
    const found: Change[] = [];
    const stop = new AbortController();
    const range = { start: key, end: `${key}\0` };
    const cancel = this.#clock.after(openBudgetMs, () => stop.abort());
    try {
      for await (const { changes, revision } of this.watch(range, after, stop.signal)) {
        for (const change of changes) if (change.revision <= to) found.push(change);
        if (revision >= to) return found;
      }
    } finally {
      cancel();
      stop.abort();
    }
    throw new StoreUnavailableError('etcd did not show its history in time');
  }

  /** A watch from the beginning is refused with what is left; an error of a read doesn't say. */
  async #compactedRevision(): Promise<Revision> {
    const stop = new AbortController();
    const cancel = this.#clock.after(openBudgetMs, () => stop.abort());
    try {
      for await (const _ of this.watch({ start: '/registry/', end: '/registry/' }, 0, stop.signal)) break;
    } catch (error) {
      if (error instanceof CompactedError) return error.compactedRevision;
      this.#log.warn('etcd did not say what is compacted', { reason: errorMessage(error) });
    } finally {
      cancel();
      stop.abort();
    }
    return 0;
  }
}
