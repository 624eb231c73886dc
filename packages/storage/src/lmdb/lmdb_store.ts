import { type Clock, errorMessage, type Logger } from '@kubets/base';
import { ChangeLog } from '../change_log.ts';
import type { CommitResult, Entry, Page, Range, Revision, Store } from '../store.ts';
import { VersionIndex } from '../version_index.ts';
import { type Accepted, type Answered, decideGroup } from './decide_group.ts';
import { GroupCommit, type PendingWrite, type Write } from './group_commit.ts';
import type { LmdbChange, LmdbVersion, ReadBefore } from './lmdb_version.ts';
import { readOlderChanges } from './read_older_changes.ts';
import { decodeRecord, encodeRecord, openTables, type Tables } from './tables.ts';
import { writeTables } from './write_tables.ts';

export interface LmdbStoreOptions {
  /** A folder, made when it isn't there. One process at a time may have it open. */
  path: string;
  clock: Clock;
  log: Logger;
}

/** Newest changes that stay in memory with their values, for watchers and reads; older ones are on the disk. */
const maxRecentChanges = 8_192;
const maxRecentBytes = 64 * 1024 * 1024;
/** Revisions that one transaction of a compaction removes; commits go in between. */
const compactionStep = 2_000;
const slowWriteMs = 1_000;

/** Opens a store on one disk. Throws when another process has it, or another format is in it. */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<Store> {
  const tables = openTables(options.path);
  const index = new VersionIndex<LmdbVersion>({ revision: 1, compacted: 1 });
  for (const { key: revision, value } of tables.history.getRange({})) {
    const { type, key, createRevision } = decodeRecord(value);
    const version = { key, revision, createRevision, previous: undefined, recent: undefined };
    if (type === 'delete') version.createRevision = 0;
    index.add(version);
  }
  const forgotten = index.compact(tables.meta.get('compacted')!);
  return new LmdbStore(options, tables, index, forgotten);
}

/**
 * Which versions there are is known in memory; LMDB has them and the values. A write is decided in memory,
 * written with the others of its group, handed to watchers once it is on the disk, then acknowledged.
 */
class LmdbStore implements Store {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #tables: Tables;
  readonly #index: VersionIndex<LmdbVersion>;
  readonly #changes: ChangeLog<LmdbChange>;
  readonly #commits = new GroupCommit((group) => this.#writeGroup(group));
  /** The versions that the changes of the log have made. */
  readonly #recent: LmdbVersion[] = [];
  #recentBytes = 0;
  /** The removal of what compactions forgot. */
  #removing: Promise<void>;
  #closed = false;

  constructor(
    { clock, log }: LmdbStoreOptions,
    tables: Tables,
    index: VersionIndex<LmdbVersion>,
    forgotten: readonly Revision[],
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#tables = tables;
    this.#index = index;
    const { revision, compacted } = index;
    this.#changes = new ChangeLog({
      revision,
      compacted,
      readOlder: (range, after) => {
        const end = this.#changes.first;
        return readOlderChanges({ tables, range, after, end, readBefore: this.#readBefore });
      },
    });
    // What the last process had no time for.
    this.#removing = this.#remove(forgotten).catch((error) => {
      log.error('removal of compacted revisions failed', { reason: errorMessage(error) });
    });
  }

  async revision(): Promise<Revision> {
    return this.#index.revision;
  }

  async get(key: string, at?: Revision): Promise<Entry | undefined> {
    return this.#entry(this.#index.get(key, at));
  }

  async list(range: Range, options: { limit?: number; at?: Revision } = {}): Promise<Page> {
    const { versions, remaining } = this.#index.list(range, options);
    const entries = versions.map((version) => this.#entry(version)!);
    return { entries, revision: options.at ?? this.#index.revision, remaining };
  }

  commit(write: Write): Promise<CommitResult> {
    return this.#commits.commit(write);
  }

  watch(range: Range, after: Revision, signal: AbortSignal) {
    return this.#changes.watch(range, after, signal);
  }

  async compact(before: Revision): Promise<void> {
    const forgotten = this.#index.compact(before);
    const { compacted } = this.#index;
    this.#forgetRecent(this.#changes.compact(compacted));
    const removal = this.#removing.then(async () => {
      // First of all: should the rest not come to its end, the next opening goes on from here.
      await writeTables(this.#tables, () => void this.#tables.meta.put('compacted', compacted));
      await this.#remove(forgotten);
    });
    this.#removing = removal.catch(() => {});
    await removal;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#changes.close();
    await this.#commits.close();
    await this.#removing;
    await this.#tables.root.close();
  }

  async #writeGroup(group: PendingWrite[]): Promise<void> {
    const { accepted, answered, answeredAfter } = decideGroup(group, this.#index, this.#read);
    const answer = ({ pending, result }: Answered) =>
      pending.resolve({ ...result, revision: this.#index.revision });
    for (const each of answered) answer(each);
    if (accepted.length === 0) return;
    try {
      await this.#write(accepted);
    } catch (error) {
      this.#log.error('commit failed', { writes: accepted.length, reason: errorMessage(error) });
      for (const { pending } of accepted) pending.reject(error);
      // These lost against writes that have not happened.
      this.#commits.again(answeredAfter.map(({ pending }) => pending));
      return;
    }
    this.#publish(accepted);
    for (const { pending, change } of accepted) pending.resolve({ ok: true, revision: change.revision });
    for (const each of answeredAfter) answer(each);
  }

  async #write(accepted: readonly Accepted[]): Promise<void> {
    const { history, values } = this.#tables;
    const startedAt = this.#clock.now();
    await writeTables(this.#tables, () => {
      for (const { change } of accepted) {
        void history.put(change.revision, encodeRecord(change));
        if (change.type === 'put') void values.put(change.revision, change.value);
      }
    });
    const ms = this.#clock.now() - startedAt;
    if (ms > slowWriteMs) this.#log.warn('slow disk', { writes: accepted.length, ms });
  }

  #publish(accepted: readonly Accepted[]): void {
    for (const { version, change } of accepted) {
      this.#index.add(version);
      this.#recent.push(version);
      this.#recentBytes += change.value.length;
    }
    this.#changes.append(accepted.map(({ change }) => change));
    while (this.#changes.length > maxRecentChanges || this.#recentBytes > maxRecentBytes) {
      this.#forgetRecent(this.#changes.dropOldest(Math.ceil(this.#changes.length / 4)));
    }
  }

  /** What the log has dropped is on the disk only from now on. */
  #forgetRecent(dropped: readonly LmdbChange[]): void {
    for (const version of this.#recent.splice(0, dropped.length)) {
      this.#recentBytes -= version.recent!.value.length;
      version.recent = undefined;
    }
  }

  async #remove(revisions: readonly Revision[]): Promise<void> {
    const { history, values } = this.#tables;
    for (let from = 0; from < revisions.length; from += compactionStep) {
      await writeTables(this.#tables, () => {
        for (const revision of revisions.slice(from, from + compactionStep)) {
          void history.remove(revision);
          void values.remove(revision);
        }
      });
      if (this.#closed) return;
    }
  }

  #entry(version: LmdbVersion | undefined): Entry | undefined {
    if (!version?.createRevision) return undefined;
    const { key, revision, createRevision, recent } = version;
    const value = recent ? recent.value : this.#tables.values.get(revision);
    if (!value) throw new Error(`the value of revision ${revision} is missing in ${this.#tables.path}`);
    return { key, value, createRevision, modRevision: revision };
  }

  readonly #readBefore: ReadBefore = (key, revision) =>
    revision > this.#index.compacted ? this.#entry(this.#index.get(key, revision - 1)) : undefined;

  readonly #read = {
    entry: (version: LmdbVersion) => this.#entry(version),
    before: this.#readBefore,
  };
}
