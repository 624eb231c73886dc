import { expect } from 'vitest';
import {
  type Bytes,
  type Change,
  type Entry,
  prefixRange,
  type Range,
  type Revision,
  type Store,
} from '../store.ts';

export interface StoreUnderTest {
  /** Empty. */
  store: Store;
  /** Closes the store and opens it again with what it holds; absent for stores that aren't durable. */
  reopen?(): Promise<Store>;
  /** Called after each test, with the store closed. */
  remove?(): Promise<void>;
}

export const all = prefixRange('/registry/');
export const pods = prefixRange('/registry/pods/');

/** What one test works with: the store, where it began, and short ways of writing to it. */
export class StoreContext {
  store!: Store;
  /** The revision of the empty store. */
  start!: Revision;
  stop!: AbortController;
  #under!: StoreUnderTest;

  async begin(under: StoreUnderTest): Promise<void> {
    this.#under = under;
    this.store = under.store;
    this.start = await under.store.revision();
    this.stop = new AbortController();
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.store.close();
    await this.#under.remove?.();
  }

  get durable(): boolean {
    return this.#under.reopen !== undefined;
  }

  async reopen(): Promise<void> {
    this.store = await this.#under.reopen!();
  }

  /** Writes whatever is there now and returns the revision. */
  async put(key: string, value: string): Promise<Revision> {
    const current = await this.store.get(key);
    const expected = current?.modRevision ?? 'absent';
    const result = await this.store.commit({ key, expect: expected, value: bytes(value) });
    expect(result.ok).toBe(true);
    return result.revision;
  }

  async remove(key: string): Promise<Revision> {
    const current = await this.store.get(key);
    const result = await this.store.commit({ key, expect: current!.modRevision, value: null });
    expect(result.ok).toBe(true);
    return result.revision;
  }

  /** Reads a watch until it has come to `until`. */
  async changesUntil(range: Range, after: Revision, until: Revision): Promise<Change[]> {
    const changes: Change[] = [];
    for await (const batch of this.store.watch(range, after, this.stop.signal)) {
      changes.push(...batch.changes);
      if (batch.revision >= until) return changes;
    }
    throw new Error('the watch ended');
  }
}

export function bytes(value: string): Bytes {
  return new TextEncoder().encode(value);
}

export function decode(value: Bytes): string {
  return new TextDecoder().decode(value);
}

export function text(entry: Entry | undefined) {
  return entry && { ...entry, value: decode(entry.value) };
}

export function summary(change: Change) {
  const { type, revision, createRevision, previous } = change;
  return {
    type,
    revision,
    value: decode(change.value),
    createRevision,
    previous: previous && `${decode(previous.value)}@${previous.modRevision}`,
  };
}
