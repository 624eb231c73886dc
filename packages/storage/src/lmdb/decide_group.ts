import type { Entry } from '../store.ts';
import type { VersionIndex } from '../version_index.ts';
import { checksumOf } from './checksum.ts';
import type { PendingWrite } from './group_commit.ts';
import { LmdbChange, type LmdbVersion, type ReadBefore } from './lmdb_version.ts';

/** A write whose expectation holds, and what it will have made. */
export interface Accepted {
  readonly pending: PendingWrite;
  readonly change: LmdbChange;
  readonly version: LmdbVersion;
}

/** A write that has an answer without being written. */
export interface Answered {
  readonly pending: PendingWrite;
  readonly result: { ok: true } | { ok: false; current: Entry | undefined };
}

export interface GroupDecision {
  /** Writes that cannot be answered: what stands there cannot be read. */
  readonly failed: readonly { readonly pending: PendingWrite; readonly error: unknown }[];
  readonly accepted: readonly Accepted[];
  readonly answered: readonly Answered[];
  /** Answers about a write of this same group: they hold only once the group is written. */
  readonly answeredAfter: readonly Answered[];
}

/** Decides writes in their order, each as if those before it had happened. Changes nothing. */
export function decideGroup(
  group: readonly PendingWrite[],
  index: VersionIndex<LmdbVersion>,
  read: { entry(version: LmdbVersion): Entry | undefined; before: ReadBefore },
): GroupDecision {
  const accepted: Accepted[] = [];
  const failed: { pending: PendingWrite; error: unknown }[] = [];
  const answered: Answered[] = [];
  const answeredAfter: Answered[] = [];
  const written = new Map<string, LmdbVersion>();
  let { revision } = index;
  for (const pending of group) {
    const { key, expect, value } = pending.write;
    const ofGroup = written.get(key);
    const newest = ofGroup ?? index.current(key);
    const current = newest?.createRevision ? newest : undefined;
    const answers = ofGroup ? answeredAfter : answered;
    if ((current?.revision ?? 'absent') !== expect) {
      try {
        answers.push({ pending, result: { ok: false, current: current && read.entry(current) } });
      } catch (error) {
        failed.push({ pending, error });
      }
      continue;
    }
    if (!value && !current) {
      answers.push({ pending, result: { ok: true } });
      continue;
    }
    revision++;
    const createRevision = current?.createRevision ?? revision;
    const change = new LmdbChange({ key, revision, createRevision, value }, read.before);
    const version: LmdbVersion = {
      key,
      revision,
      createRevision: value ? createRevision : 0,
      checksum: value ? checksumOf(value) : 0,
      previous: undefined,
      recent: change,
    };
    written.set(key, version);
    accepted.push({ pending, change, version });
  }
  return { failed, accepted, answered, answeredAfter };
}
