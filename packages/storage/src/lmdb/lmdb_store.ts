import { type Clock, errorMessage, type Logger } from '@kubets/base';
import { ByteSlabs } from '../byte_slabs.ts';
import { ChangeLog } from '../change_log.ts';
import {
  type CommitResult,
  type Entry,
  NoSpaceError,
  type Page,
  type Range,
  type Revision,
  type Store,
} from '../store.ts';
import { VersionIndex } from '../version_index.ts';
import { type Accepted, type Answered, decideGroup } from './decide_group.ts';
import { type Answers, GroupCommit, type PendingWrite, type Write } from './group_commit.ts';
import { openTables } from './lmdb_tables.ts';
import type { LmdbChange, LmdbVersion, ReadBefore } from './lmdb_version.ts';
import { readOlderChanges } from './read_older_changes.ts';
import { readValue } from './read_value.ts';
import { SpaceGuard } from './space_guard.ts';
import type { Tables } from './tables.ts';

export interface LmdbStoreOptions {
  /** A folder, made when it isn't there. One process at a time may have it open. */
  path: string;
  clock: Clock;
  log: Logger;
  /** Of the disk, kept for deletions and compaction when all else is used. Default 32 MiB. */
  reserveBytes?: number;
  /** Address space to begin with. Default 16 GiB; more is taken when it is needed. */
  mapBytes?: number;
}

export interface TablesStoreOptions {
  tables: Tables;
  clock: Clock;
  log: Logger;
  reserveBytes?: number;
  /** Resolves when those who are running now have had their turn: their commits share a transaction. */
  endOfTick(): Promise<void>;
}

/** Newest changes that stay in memory with their values, for watchers and reads; older ones are on the disk. */
const maxRecentChanges = 8_192;
const maxRecentBytes = 4 * 1024 * 1024;
/** Revisions that one transaction of a compaction removes; commits go in between. */
const compactionStep = 500;
const slowWriteMs = 1_000;

export const defaultReserveBytes = 32 * 1024 * 1024;

/**
 * Opens a store on one disk, brought to the newest format if it is of an older one.
 * @throws StoreInUseError, StoreDamagedError, Error for the format of a newer version
 */
export async function openLmdbStore({ path, mapBytes, ...options }: LmdbStoreOptions): Promise<Store> {
  const { clock, log } = options;
  const tables = await openTables(path, { mapBytes, journal: { clock, log } });
  const endOfTick = () => new Promise<void>((resolve) => setImmediate(resolve));
  try {
    return openTablesStore({ ...options, tables, endOfTick });
  } catch (error) {
    await tables.close();
    throw error;
  }
}

/** A store over tables, wherever they are. @throws StoreDamagedError */
export function openTablesStore(options: TablesStoreOptions): Store {
  const { tables } = options;
  const compacted = tables.compacted();
  const index = new VersionIndex<LmdbVersion>({ revision: 1, compacted: 1 });
  index.load(versionsIn(tables));
  const forgotten = index.compact(compacted);
  return new LmdbStore(options, index, forgotten);
}

function* versionsIn(tables: Tables): Generator<LmdbVersion, void, undefined> {
  for (const { revision, record } of tables.records({})) {
    const { type, key, createRevision, checksum } = record;
    yield {
      key,
      revision,
      createRevision: type === 'delete' ? 0 : createRevision,
      checksum,
      previous: undefined,
      recent: undefined,
    };
  }
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
  readonly #commits: GroupCommit;
  readonly #space: SpaceGuard;
  /** The versions that the changes of the log have made. */
  readonly #recent: LmdbVersion[] = [];
  #recentBytes = 0;
  /** Revisions that compactions forgot and that are still on the disk. */
  #forgotten: Revision[];
  /** Their removal. */
  #removing: Promise<void>;
  #closed = false;

  constructor(options: TablesStoreOptions, index: VersionIndex<LmdbVersion>, forgotten: Revision[]) {
    const { tables, clock, log, reserveBytes = defaultReserveBytes, endOfTick } = options;
    this.#clock = clock;
    this.#log = log;
    this.#tables = tables;
    this.#index = index;
    this.#commits = new GroupCommit({
      writeGroup: (group) => this.#writeGroup(group),
      endOfTick,
      clock,
    });
    this.#space = new SpaceGuard({ tables, clock, log, reserveBytes });
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
    this.#forgotten = forgotten.sort((a, b) => a - b);
    this.#removing = this.#remove().catch((error) => {
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
    const { allocate } = new ByteSlabs();
    const entries = versions.map((version) => this.#entry(version, allocate)!);
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
    this.#forgetRecent(this.#changes.compact(this.#index.compacted));
    // Oldest first, so that neighbours on the disk go together. What an earlier removal could not remove is tried
    // again too.
    this.#forgotten = this.#forgotten.concat(forgotten.sort((a, b) => a - b));
    const removal = this.#removing.then(() => this.#remove());
    this.#removing = removal.catch(() => {});
    await removal;
  }

  async problems(): Promise<readonly string[]> {
    await this.#space.isFull(0);
    return [this.#space.problem, this.#tables.problem?.()].filter((problem) => problem !== undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#changes.close();
    await this.#commits.close();
    await this.#removing;
    await this.#tables.close();
  }

  async #writeGroup(waiting: PendingWrite[]): Promise<Answers> {
    const bytes = waiting.reduce((sum, { write }) => sum + (write.value?.length ?? 0), 0);
    // Awaited only where the disk is asked: otherwise the write begins before anything else happens.
    const known = this.#space.isFull(bytes);
    const full = typeof known === 'boolean' ? known : await known;
    const group = full ? refuseValues(waiting) : waiting;
    const { failed, accepted, answered, answeredAfter } = decideGroup(group, this.#index, this.#read);
    const answer = ({ pending, result }: Answered) =>
      pending.resolve({ ...result, revision: this.#index.revision });
    for (const { pending, error } of failed) pending.reject(error);
    for (const each of answered) answer(each);
    if (accepted.length === 0) return [];
    try {
      await this.#write(accepted);
    } catch (error) {
      if (error instanceof NoSpaceError) this.#space.refused();
      else this.#log.error('commit failed', { writes: accepted.length, reason: errorMessage(error) });
      for (const { pending } of accepted) pending.reject(error);
      // These lost against writes that have not happened.
      this.#commits.again(answeredAfter.map(({ pending }) => pending));
      return [];
    }
    this.#publish(accepted);
    const answers = accepted.map(
      ({ pending, change }) =>
        () =>
          pending.resolve({ ok: true, revision: change.revision }),
    );
    for (const each of answeredAfter) answers.push(() => answer(each));
    return answers;
  }

  async #write(accepted: readonly Accepted[]): Promise<void> {
    const startedAt = this.#clock.now();
    await this.#tables.write((to) => {
      for (const { change, version } of accepted) {
        const { checksum } = version;
        const { type, key, revision, createRevision } = change;
        to.add(revision, { type, key, createRevision, checksum }, type === 'put' ? change.value : null);
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

  async #remove(): Promise<void> {
    while (!this.#closed) {
      const step = this.#forgotten.slice(0, compactionStep);
      const { compacted } = this.#index;
      const isNew = compacted > this.#tables.compacted();
      if (step.length === 0 && !isNew) return;
      await this.#tables.write((to) => {
        // With the first of what it forgets, also of what a later compaction has forgotten meanwhile. Should the rest
        // not come to its end, the next opening goes on from here.
        if (isNew) to.setCompacted(compacted);
        for (const revision of step) to.remove(revision);
      });
      this.#forgotten = this.#forgotten.slice(step.length);
      this.#space.roomMade();
    }
  }

  #entry(version: LmdbVersion | undefined, allocate?: ByteSlabs['allocate']): Entry | undefined {
    if (!version?.createRevision) return undefined;
    const { key, revision, createRevision, checksum, recent } = version;
    const value = recent ? recent.value : readValue(this.#tables, revision, checksum, allocate);
    return { key, value, createRevision, modRevision: revision };
  }

  readonly #readBefore: ReadBefore = (key, revision) =>
    revision > this.#index.compacted ? this.#entry(this.#index.get(key, revision - 1)) : undefined;

  readonly #read = {
    entry: (version: LmdbVersion) => this.#entry(version),
    before: this.#readBefore,
  };
}

/** Refuses values when the disk is full; deletions go on. */
function refuseValues(group: readonly PendingWrite[]): PendingWrite[] {
  return group.filter(({ write, reject }) => {
    if (write.value) reject(new NoSpaceError());
    return !write.value;
  });
}
