import { invariant } from '@kubets/base';
import { ChangeLog } from './change_log.ts';
import {
  type Bytes,
  type Change,
  type CommitResult,
  type Entry,
  maxValueBytes,
  type Store,
  ValueTooLargeError,
} from './store.ts';
import { type Version, VersionIndex } from './version_index.ts';

interface MemoryVersion extends Version {
  /** Undefined where the key was deleted. */
  readonly entry: Entry | undefined;
}

const empty: Bytes = new Uint8Array(0);

/**
 * A store that lives as long as its object: for tests, the simulator and the browser. Nothing in it waits for
 * a timer or a task, only for promises, so that a run under a FakeClock repeats exactly. History is kept until
 * `compact`: who runs the store bounds it.
 */
export function memoryStore(): Store {
  // As etcd's: an empty store stands at revision 1.
  const index = new VersionIndex<MemoryVersion>({ revision: 1, compacted: 1 });
  const log = new ChangeLog({ revision: 1, compacted: 1 });
  let closed = false;

  function commit(write: Parameters<Store['commit']>[0]): CommitResult {
    invariant(!closed, 'the store is open');
    const { key, expect, value } = write;
    if (value && value.length > maxValueBytes) throw new ValueTooLargeError();
    const previous = index.current(key)?.entry;
    if ((previous?.modRevision ?? 'absent') !== expect) {
      return { ok: false, current: previous, revision: index.revision };
    }
    if (!value && !previous) return { ok: true, revision: index.revision };
    const revision = index.revision + 1;
    const createRevision = previous?.createRevision ?? revision;
    const entry = value ? { key, value, createRevision, modRevision: revision } : undefined;
    index.add({ key, revision, createRevision: entry ? createRevision : 0, entry, previous: undefined });
    const change: Change = {
      type: entry ? 'put' : 'delete',
      key,
      revision,
      value: value ?? empty,
      createRevision,
      previous,
    };
    log.append([change]);
    return { ok: true, revision };
  }

  return {
    revision: async () => index.revision,
    get: async (key, at) => index.get(key, at)?.entry,
    async list(range, options = {}) {
      const { versions, remaining } = index.list(range, options);
      const entries = versions.map((version) => version.entry!);
      return { entries, revision: options.at ?? index.revision, remaining };
    },
    commit: async (write) => commit(write),
    watch: (range, after, signal) => log.watch(range, after, signal),
    async compact(before) {
      index.compact(before);
      log.compact(index.compacted);
    },
    async close() {
      closed = true;
      log.close();
    },
  };
}
