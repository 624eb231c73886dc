// Run by disk_full.test.ts in a process of its own, on a file system that is nearly full.
// Arguments: folder, bytes kept in reserve.
import { silentLogger, systemClock } from '@kubets/base';
import { prefixRange } from '../store.ts';
import { openLmdbStore } from './lmdb_store.ts';

const [path, reserve] = process.argv.slice(2);
const reserveBytes = Number(reserve);
const value = new Uint8Array(100_000).fill(7);
const pods = prefixRange('/registry/pods/');
const open = () => openLmdbStore({ path: path!, clock: systemClock, log: silentLogger, reserveBytes });

let store = await open();
const acknowledged: string[] = [];
let failure: unknown;
for (let group = 0; !failure && group < 200; group++) {
  const keys = Array.from({ length: 5 }, (_, i) => `/registry/pods/${group}-${i}`);
  const results = await Promise.allSettled(keys.map((key) => store.commit({ key, expect: 'absent', value })));
  for (const [i, result] of results.entries()) {
    if (result.status === 'fulfilled') acknowledged.push(keys[i]!);
    else failure = result.reason;
  }
}
const alarm = await store.problems!();
const read = (await store.list(pods)).entries.length;
const watch = store.watch(pods, 1, new AbortController().signal)[Symbol.asyncIterator]();
const watched = (await watch.next()).value.changes.length;

// Space comes back with what is deleted and compacted.
const filled = acknowledged.length;
const gone = acknowledged.splice(0, filled >> 1);
let deleted = 0;
for (const key of gone) {
  const entry = await store.get(key);
  const result = await store.commit({ key, expect: entry!.modRevision, value: null }).catch(() => undefined);
  if (result?.ok) deleted++;
  else acknowledged.push(key);
}
const compacted = await store.compact(await store.revision()).then(
  () => true,
  () => false,
);
const after = await store
  .commit({ key: '/registry/pods/after', expect: 'absent', value })
  .catch(() => undefined);
const alarmAfter = await store.problems!();
await store.close();
store = await open();
const kept = (await store.list(pods)).entries.map((entry) => entry.key);
await store.close();
console.log(
  JSON.stringify({
    failure: String(failure),
    alarm,
    filled,
    read,
    watched,
    acknowledged: acknowledged.length,
    undeleted: gone.length - deleted,
    compacted,
    after: after?.ok,
    alarmAfter,
    missing: acknowledged.filter((key) => !kept.includes(key)),
    extra: kept.filter((key) => !acknowledged.includes(key) && key !== '/registry/pods/after'),
  }),
);
