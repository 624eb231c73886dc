import type { KubeObject } from '@kubets/api';
import { apiVersionOf } from '@kubets/api';
import type { Resource } from '@kubets/resources';
import type { ByteSlabs, Change, Entry } from '@kubets/storage';
import type { ServerWatchEvent, Stored } from '../request.ts';
import { ChangeEvent } from './change_event.ts';
import { EventRing } from './event_ring.ts';
import { FieldIndex } from './field_index.ts';
import { readForeignValue } from './foreign_value.ts';
import { KeptBytes, KeptLists } from './kept_lists.ts';
import type { ParsedObjects } from './parsed_objects.ts';
import { fieldValue } from './selection.ts';
import { SortedEntries } from './sorted_entries.ts';
import { type JsonHead, jsonHead, sameValue, storedOf } from './stored_entry.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';
import { WatcherIndex } from './watcher_index.ts';

export interface HistoryOptions {
  resource: Resource;
  /** Changes kept for watches that resume and lists of the recent past. */
  ringCapacity: number;
  /** The object that a writer of this process encoded into `value`, if it was one. */
  writtenAs(value: Uint8Array): KubeObject | undefined;
  /** Told of values that can't be read (damaged, or encrypted with a key that isn't there): they aren't served. */
  onUnreadable?(key: string, revision: number, error: unknown): void;
  /** Shared by the histories of a server: what their lists may hold. */
  keptBytes?: KeptBytes;
  /** Shared likewise: which entries keep their objects. */
  parsed?: ParsedObjects;
}

/** Everything the server knows of one resource: the newest state, the recent past, and who watches. */
export class History {
  readonly resource: Resource;
  readonly head: JsonHead;
  /** `/registry/pods/` */
  readonly prefix: string;
  /** Lists of the newest state. */
  readonly lists: KeptLists;
  readonly #entries = new SortedEntries();
  readonly #ring: EventRing;
  readonly #watchers: WatcherIndex;
  readonly #writtenAs: HistoryOptions['writtenAs'];
  readonly #onUnreadable: HistoryOptions['onUnreadable'];
  readonly #listeners = new Set<(change: ChangeEvent) => void>();
  /** Object arrays by key prefix, until the next change: authorizers list the same ones again and again. */
  readonly #objects = new Map<string, readonly KubeObject[]>();
  /** By field, from the first time that somebody asks by it. */
  readonly #indexes = new Map<string, FieldIndex>();
  #buffered: Change[] | undefined = [];
  #loadedAt = 0;

  constructor({ resource, ringCapacity, writtenAs, onUnreadable, keptBytes, parsed }: HistoryOptions) {
    const { id } = resource;
    this.resource = resource;
    const readForeign = (value: Uint8Array) => readForeignValue(resource, value);
    this.head = jsonHead(apiVersionOf(id), id.kind, readForeign, parsed);
    this.prefix = `/registry/${resource.storagePath}/`;
    this.lists = new KeptLists(keptBytes ?? new KeptBytes(0));
    this.#ring = new EventRing(ringCapacity, 0);
    this.#watchers = new WatcherIndex((field, stored) => fieldValue(resource, field, stored));
    this.#writtenAs = writtenAs;
    this.#onUnreadable = onUnreadable;
  }

  get loaded(): boolean {
    return this.#buffered === undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Watches from this revision on, and lists at it, can be answered from memory. */
  get oldestRevision(): number {
    return this.#ring.after;
  }

  key(namespace: string | undefined, name: string): string {
    return this.resource.scope === 'Namespaced' ? `${this.prefix}${namespace}/${name}` : this.prefix + name;
  }

  keyPrefix(namespace: string | undefined): string {
    return namespace && this.resource.scope === 'Namespaced' ? `${this.prefix}${namespace}/` : this.prefix;
  }

  get(key: string): Stored | undefined {
    return this.#entries.get(key);
  }

  /** Entries with start <= key < end, newest state; the array is the caller's. */
  range(start: string, end: string): Stored[] {
    return this.#entries.range(start, end);
  }

  /** As `range`, as it was at `revision` >= oldestRevision: the newest state with later changes taken back. */
  rangeAt(start: string, end: string, revision: number): readonly Stored[] {
    const undone = new Map<string, Stored | undefined>();
    const changes = this.#ring.since(revision);
    for (let i = changes.length - 1; i >= 0; i--) {
      const { key, previous } = changes[i]!;
      if (key >= start && key < end) undone.set(key, previous);
    }
    const now = this.#entries.range(start, end);
    if (undone.size === 0) return now;
    const then = now.filter((stored) => !undone.has(stored.key));
    for (const previous of undone.values()) if (previous) then.push(previous);
    return then.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Objects of a namespace or all; the same array until something changes. */
  objects(namespace?: string): readonly KubeObject[] {
    const prefix = this.keyPrefix(namespace);
    let objects = this.#objects.get(prefix);
    if (!objects) {
      objects = this.range(prefix, endOfPrefix(prefix)).map((stored) => stored.object);
      this.#objects.set(prefix, objects);
    }
    return objects;
  }

  /** Objects of a namespace or all whose `field` (of `resource.selectableFields`) has a value, in no order. */
  objectsWith(field: string, value: string, namespace?: string): readonly KubeObject[] {
    let index = this.#indexes.get(field);
    if (!index) {
      index = new FieldIndex();
      for (const stored of this.#entries.all())
        index.set(stored.key, fieldValue(this.resource, field, stored));
      this.#indexes.set(field, index);
    }
    const prefix = this.keyPrefix(namespace);
    const objects: KubeObject[] = [];
    for (const key of index.keysOf(value)) if (key.startsWith(prefix)) objects.push(this.get(key)!.object);
    return objects;
  }

  /** Called in order for each change, before watchers see it: for indexes such as allocated addresses. */
  onChange(listener: (change: ChangeEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** An entry of the store, for `load`: read while others still come. Undefined for one that can't be read. */
  read({ key, modRevision, value }: Entry, slabs: ByteSlabs): Stored | undefined {
    const old = this.#entries.get(key);
    // A store that was put back to an older state may have given the revision again.
    const isOld = old?.revision === modRevision && sameValue(this.head, old, value);
    return isOld ? old : this.readValue(key, modRevision, value, slabs.allocate);
  }

  /** Starts anew from `state`, all there was at `revision` by key order; changes that came meanwhile follow. */
  load(state: readonly Stored[], revision: number): void {
    const buffered = this.#buffered ?? [];
    const before = new Map(this.#entries.all().map((stored) => [stored.key, stored]));
    for (const watcher of this.#watchers) watcher.end();
    this.#entries.replace(state);
    this.#objects.clear();
    this.lists.clear();
    this.#indexes.clear();
    for (const stored of state) {
      const { key } = stored;
      const old = before.get(key);
      if (old !== stored) this.#tell(new ChangeEvent(this.head, stored.revision, key, stored, old));
      before.delete(key);
    }
    for (const old of before.values())
      this.#tell(new ChangeEvent(this.head, revision, old.key, undefined, old));
    this.#ring.reset(revision);
    this.#loadedAt = revision;
    this.#buffered = undefined;
    for (const change of buffered) if (change.revision > revision) this.apply(change);
  }

  apply(change: Change): void {
    if (this.#buffered) {
      this.#buffered.push(change);
      return;
    }
    const { key, revision, value } = change;
    // What was read at a revision that the changes have yet to reach has them already.
    if (revision <= this.#loadedAt) return;
    const previous = this.#entries.get(key);
    const current = change.type === 'put' ? this.readValue(key, revision, value) : undefined;
    if (!current && !previous) return;
    if (current) this.#entries.set(current);
    else this.#entries.delete(key);
    for (const [field, index] of this.#indexes) {
      if (current) index.set(key, fieldValue(this.resource, field, current));
      else index.delete(key);
    }
    this.#objects.clear();
    this.lists.clear();
    const event = new ChangeEvent(this.head, revision, key, current, previous);
    this.#ring.push(event);
    this.#tell(event);
    this.#watchers.dispatch(event);
  }

  /** A change of the past, from the store; undefined where its object can't be read, or what was there before it. */
  eventOf({ type, key, revision, value, createRevision, previous }: Change): ChangeEvent | undefined {
    const isFirst = type === 'put' && createRevision === revision;
    const before = previous && this.readValue(key, previous.modRevision, previous.value);
    const current = type === 'put' ? this.readValue(key, revision, value) : undefined;
    if (isFirst ? !current : !before || (type === 'put' && !current)) return undefined;
    return new ChangeEvent(this.head, revision, key, current, isFirst ? undefined : before);
  }

  /** Takes what happened after `after` up to `end`, where this history began; false where it can't. */
  recall(events: readonly ChangeEvent[], { after, end }: { after: number; end: number }): boolean {
    return end === this.oldestRevision && this.#ring.unshift(events, after);
  }

  /** A watcher of every change after `after`, which must be >= oldestRevision. */
  watch(options: WatcherOptions, after: number): Watcher {
    const watcher = new Watcher(options);
    const missed: ServerWatchEvent[] = [];
    for (const change of this.#ring.since(after)) {
      if (!change.key.startsWith(options.keyPrefix)) continue;
      const event = change.seenBy(options.matches);
      if (event) missed.push(event);
    }
    watcher.pushAll(missed);
    this.#watchers.add(watcher);
    return watcher;
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.end();
  }

  /** Tells every watcher that asked for bookmarks that nothing else has happened up to `revision`. */
  bookmark(event: ServerWatchEvent, revision: number): void {
    for (const watcher of this.#watchers) {
      const { bookmarks, after = 0 } = watcher.options;
      // One that came from a server that knew more must not be sent back: it would be told of changes again.
      if (bookmarks && revision >= after) watcher.push(event);
    }
  }

  /** Ends all watches: the resource is no longer served, or the server stops. */
  endWatches(): void {
    for (const watcher of this.#watchers) watcher.end();
  }

  /** A value of the store as an object; undefined for one that can't be read, which must not keep others from it. */
  readValue(
    key: string,
    revision: number,
    value: Uint8Array,
    allocate?: ByteSlabs['allocate'],
  ): Stored | undefined {
    try {
      return storedOf(this.head, key, revision, value, this.#writtenAs(value), allocate);
    } catch (error) {
      this.#onUnreadable?.(key, revision, error);
      return undefined;
    }
  }

  #tell(change: ChangeEvent): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** The first key past all that begin with `prefix`. */
export function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
