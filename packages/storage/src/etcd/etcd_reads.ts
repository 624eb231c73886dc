// Entries at a revision, page by page.
import type { RangeRequest, RangeResponse } from '@kubets/api/generated/etcd.ts';
import { CompactedError, type Entry, type Page, type Range, type Revision } from '../store.ts';
import type { EtcdCalls } from './etcd_calls.ts';
import type { KeyPrefix } from './key_prefix.ts';
import { entryOf } from './watch_assembly.ts';

/** Keys of one request. Large values make it smaller, so that an answer stays near `wantedBytes`. */
const largestRequest = 2_000;
const wantedBytes = 8 * 1024 * 1024;

export class EtcdReads {
  readonly #calls: EtcdCalls;
  readonly #prefix: KeyPrefix;
  readonly #compactedRevision: () => Promise<Revision>;

  constructor(calls: EtcdCalls, prefix: KeyPrefix, compactedRevision: () => Promise<Revision>) {
    this.#calls = calls;
    this.#prefix = prefix;
    this.#compactedRevision = compactedRevision;
  }

  revision(): Promise<Revision> {
    return this.#calls.revision();
  }

  async get(key: string, at?: Revision): Promise<Entry | undefined> {
    const { kvs } = await this.#range({ key: encode(this.#prefix.toEtcd(key)), revision: at });
    return kvs?.[0] && entryOf(key, kvs[0]);
  }

  async list(range: Range, { limit, at }: { limit?: number; at?: Revision }): Promise<Page> {
    const { start, end } = this.#prefix.rangeToEtcd(range);
    const entries: Entry[] = [];
    let revision = at;
    let from = start;
    let size = largestRequest;
    for (;;) {
      const wanted = limit === undefined ? size : Math.min(size, limit - entries.length);
      const response: RangeResponse = await this.#range({
        key: encode(from),
        rangeEnd: encode(end),
        limit: wanted,
        revision,
      });
      revision ??= response.header!.revision!;
      let bytes = 0;
      const kvs = response.kvs ?? [];
      for (const kv of kvs) {
        bytes += kv.value?.length ?? 0;
        entries.push(entryOf(this.#prefix.fromEtcd(kv.key!)!, kv));
      }
      const remaining = (response.count ?? 0) - kvs.length;
      if (remaining <= 0 || kvs.length === 0 || entries.length === limit) {
        return { entries, revision, remaining };
      }
      from = `${this.#prefix.toEtcd(entries.at(-1)!.key)}\0`;
      const fitting = Math.ceil((wantedBytes * kvs.length) / Math.max(1, bytes));
      size = Math.min(largestRequest, fitting);
    }
  }

  async #range(request: RangeRequest): Promise<RangeResponse> {
    try {
      return await this.#calls.read<RangeResponse>('KV/Range', request);
    } catch (error) {
      if (error instanceof CompactedError) throw new CompactedError(await this.#compactedRevision());
      throw error;
    }
  }
}

export function encode(key: string): Uint8Array {
  return Buffer.from(key);
}
