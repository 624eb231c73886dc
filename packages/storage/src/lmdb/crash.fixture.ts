// Run by crash.test.ts in a process of its own: writes until it is killed, printing each key once it is acknowledged.
import { silentLogger, systemClock } from '@kubets/base';
import { openLmdbStore } from './lmdb_store.ts';

const store = await openLmdbStore({ path: process.argv[2]!, clock: systemClock, log: silentLogger });
const value = new Uint8Array(2_048).fill(7);
for (let writer = 0; writer < 16; writer++) void write(writer);

async function write(writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const key = `/registry/pods/${writer}-${i}`;
    const result = await store.commit({ key, expect: 'absent', value });
    process.stdout.write(`${key} ${result.revision}\n`);
  }
}
