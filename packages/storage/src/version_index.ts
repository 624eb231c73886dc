import { SortedKeys } from './sorted_keys.ts';
import { CompactedError, FutureRevisionError, type Range, type Revision } from './store.ts';

/** One revision of one key. The index holds the newest of each key, which leads to those before it. */
export interface Version {
  readonly key: string;
  readonly revision: Revision;
  /** 0: this revision deleted the key. */
  readonly createRevision: Revision;
  /** The version before this one, until compaction forgets it. */
  previous: this | undefined;
}

/** Readers that go through a range page by page at the same time; more of them only count again. */
const maxPages = 64;

/** Which versions there are: the multi-version part of a store, without the values. */
export class VersionIndex<V extends Version> {
  readonly #newest = new Map<string, V>();
  readonly #keys = new SortedKeys();
  /** Keys that were deleted, while reads at older revisions may ask for them. */
  readonly #deletedKeys = new SortedKeys();
  /** Keys for which compaction may find something to forget. */
  readonly #changed = new Set<string>();
  /** How many keys there were in the rest of a range that was read in part, for those read last. */
  readonly #pages = new Map<string, number>();
  #revision: Revision;
  #compacted: Revision;

  constructor(start: { revision: Revision; compacted: Revision }) {
    this.#revision = start.revision;
    this.#compacted = start.compacted;
  }

  /** The newest revision. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Reads at revisions before this one fail. */
  get compacted(): Revision {
    return this.#compacted;
  }

  /** The newest version of `key`, if the key exists. */
  current(key: string): V | undefined {
    const version = this.#newest.get(key);
    return version?.createRevision ? version : undefined;
  }

  /** Makes `version` the newest, with `previous` set to the one before. Revisions must come in order. */
  add(version: V): void {
    const { key, revision, createRevision } = version;
    const previous = this.#newest.get(key);
    version.previous = previous;
    this.#newest.set(key, version);
    if (createRevision) {
      if (previous && !previous.createRevision) this.#deletedKeys.delete(key);
      if (!previous?.createRevision) this.#keys.add(key);
    } else {
      this.#keys.delete(key);
      this.#deletedKeys.add(key);
    }
    if (previous || !createRevision) this.#changed.add(key);
    this.#revision = revision;
  }

  /** As `add` for each of `versions`, into an empty index: keys are put in order once. */
  load(versions: Iterable<V>): void {
    const newest = this.#newest;
    for (const version of versions) {
      const { key, revision } = version;
      version.previous = newest.get(key);
      newest.set(key, version);
      if (version.previous || !version.createRevision) this.#changed.add(key);
      this.#revision = revision;
    }
    const keys: string[] = [];
    const deleted: string[] = [];
    for (const { key, createRevision } of newest.values()) (createRevision ? keys : deleted).push(key);
    this.#keys.fill(keys.sort());
    this.#deletedKeys.fill(deleted.sort());
  }

  /** @throws CompactedError, FutureRevisionError when `at` is outside what is kept. */
  get(key: string, at?: Revision): V | undefined {
    if (at === undefined || at === this.#revision) return this.current(key);
    this.#check(at);
    return versionAt(this.#newest.get(key), at);
  }

  /** @throws as `get`. */
  list(range: Range, options: { at?: Revision; limit?: number }): { versions: V[]; remaining: number } {
    const { at = this.#revision, limit = Number.POSITIVE_INFINITY } = options;
    this.#check(at);
    const versions: V[] = [];
    let remaining = 0;
    if (at === this.#revision) {
      for (const key of this.#keys.range(range)) {
        if (versions.length >= limit) break;
        versions.push(this.#newest.get(key)!);
      }
      remaining = this.#keys.count(range) - versions.length;
    } else {
      const all = this.#pages.get(pageId(range, at));
      for (const key of this.#allKeys(range)) {
        if (versions.length >= limit && all !== undefined) break;
        const version = versionAt(this.#newest.get(key), at);
        if (!version) continue;
        if (versions.length < limit) versions.push(version);
        else remaining++;
      }
      if (all !== undefined) remaining = all - versions.length;
    }
    const last = versions.at(-1);
    if (last && remaining > 0) this.#rememberPage({ start: `${last.key}\0`, end: range.end }, at, remaining);
    return { versions, remaining };
  }

  /** The next page counts from here: what was at a revision doesn't change, so nobody needs to count it again. */
  #rememberPage(rest: Range, at: Revision, remaining: number): void {
    if (this.#pages.size >= maxPages) this.#pages.delete(this.#pages.keys().next().value!);
    this.#pages.set(pageId(rest, at), remaining);
  }

  /** Forgets what only reads before `before` would need, and returns the revisions forgotten. */
  compact(before: Revision): Revision[] {
    if (before > this.#revision) throw new FutureRevisionError();
    if (before <= this.#compacted) return [];
    this.#compacted = before;
    const forgotten: Revision[] = [];
    for (const key of this.#changed) {
      const newest = this.#newest.get(key)!;
      let newer: V | undefined;
      let kept: V | undefined = newest;
      for (; kept && kept.revision > before; kept = kept.previous) newer = kept;
      if (!kept) continue;
      for (let old = kept.previous; old; old = old.previous) forgotten.push(old.revision);
      kept.previous = undefined;
      // A deletion at `before` itself stays: a watch may still begin there.
      const gone = !kept.createRevision && kept.revision < before;
      if (gone) forgotten.push(kept.revision);
      if (gone && newer) newer.previous = undefined;
      if (gone && !newer) {
        this.#newest.delete(key);
        this.#deletedKeys.delete(key);
      }
      if (!newer && (gone || kept.createRevision)) this.#changed.delete(key);
    }
    return forgotten;
  }

  #check(at: Revision): void {
    if (at > this.#revision) throw new FutureRevisionError();
    if (at < this.#compacted) throw new CompactedError(this.#compacted);
  }

  /** Keys that exist or did, in order. */
  *#allKeys(range: Range): Generator<string, void, undefined> {
    const deleted = this.#deletedKeys.range(range);
    let next = deleted.next();
    for (const key of this.#keys.range(range)) {
      for (; !next.done && next.value < key; next = deleted.next()) yield next.value;
      yield key;
    }
    for (; !next.done; next = deleted.next()) yield next.value;
  }
}

function versionAt<V extends Version>(newest: V | undefined, at: Revision): V | undefined {
  let version = newest;
  while (version && version.revision > at) version = version.previous;
  return version?.createRevision ? version : undefined;
}

function pageId({ start, end }: Range, at: Revision): string {
  return `${at} ${start} ${end}`;
}
