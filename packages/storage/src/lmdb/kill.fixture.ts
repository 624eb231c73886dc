// Run by kill_rounds.ts in a process of its own: clients write until the process is killed. Each call and each
// answer is a line in a file, written at once: the system has it when the process is gone.
// Arguments: folder of the store, file of the lines, seed.
//   C id key expect value    called ('-': a deletion)
//   A id revision            acknowledged
//   P revision               compaction called
import { openSync, writeSync } from 'node:fs';
import { seededRandom, silentLogger, systemClock } from '@kubets/base';
import { prefixRange } from '../store.ts';
import { openLmdbStore } from './lmdb_store.ts';

const [path, lines, seed] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const store = await openLmdbStore({ path: path!, clock: systemClock, log: silentLogger });
const out = openSync(lines!, 'a');
const say = (line: string) => writeSync(out, `${line}\n`);
const keys = 200;
let calls = 0;

const newest = new Map<string, number>();
for (const { key, modRevision } of (await store.list(prefixRange('/registry/'))).entries) {
  newest.set(key, modRevision);
}
for (let client = 0; client < 24; client++) void write();

async function write(): Promise<void> {
  for (;;) {
    if (random.next() < 0.002) {
      const revision = (await store.revision()) - Math.floor(random.next() * 500);
      say(`P ${revision}`);
      await store.compact(Math.max(1, revision));
    }
    const key = `/registry/pods/${Math.floor(random.next() * keys)}`;
    const expect = newest.get(key) ?? 'absent';
    const id = `${seed}-${calls++}`;
    const text =
      expect !== 'absent' && random.next() < 0.2 ? null : id.padEnd(20 + random.next() * 4_000, 'x');
    say(`C ${id} ${key} ${expect} ${text === null ? '-' : text.length}`);
    const value = text === null ? null : new TextEncoder().encode(text);
    const result = await store.commit({ key, expect, value });
    if (!result.ok) {
      if (result.current) newest.set(key, result.current.modRevision);
      else newest.delete(key);
      continue;
    }
    if (value) newest.set(key, result.revision);
    else newest.delete(key);
    say(`A ${id} ${result.revision}`);
  }
}
