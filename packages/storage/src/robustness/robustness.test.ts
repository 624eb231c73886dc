// Workloads from seeds against each store, and what they saw held against the promises.
// KUBETS_ROBUSTNESS_SEEDS=1000 npx vitest run --project unit packages/storage/src/robustness/robustness.test.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeClock, type Random, seededRandom, silentLogger, systemClock } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { openEtcdStore } from '../etcd/etcd_store.ts';
import { etcdVersion, startEtcd } from '../etcd/testing/etcd_process.ts';
import { openLmdbStore, openTablesStore } from '../lmdb/lmdb_store.ts';
import { memoryFolder } from '../lmdb/memory_folder.ts';
import { memoryStore } from '../memory_store.ts';
import { checkHistory } from './check_history.ts';
import {
  CrashedError,
  type Failpoint,
  type Fault,
  failpoints,
  journalFailpoints,
  SimulatedDisk,
} from './simulated_disk.ts';
import { runWorkload } from './workload.ts';

const seeds = Number(process.env.KUBETS_ROBUSTNESS_SEEDS ?? 8);
const timeoutMs = 60_000 + seeds * 2_000;
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** As many turns of the queue of promises as `random` says: no timer, so that a seed repeats exactly. */
const turns = (random: Random, most: number) => async () => {
  for (let i = Math.floor(random.next() * most); i >= 0; i--) await Promise.resolve();
};

async function eachSeed(
  run: (seed: number, random: Random) => Promise<string[]>,
  count = seeds,
): Promise<void> {
  for (let seed = 1; seed <= count; seed++) {
    const violations = await run(seed, seededRandom(seed));
    expect(violations, `seed ${seed}`).toEqual([]);
  }
}

describe('histories of concurrent clients', () => {
  test(
    'of the memory store',
    () =>
      eachSeed(async (_, random) => {
        const store = memoryStore();
        const history = await runWorkload({ store, random, pause: turns(random, 20) });
        expect(history.changes.length).toBeGreaterThan(20);
        await store.close();
        return checkHistory(history);
      }),
    timeoutMs,
  );

  test(
    'of LMDB, closed and opened again',
    () =>
      eachSeed(
        async (_, random) => {
          const path = await mkdtemp(join(memoryFolder(), 'kubets-robust-'));
          const open = () => openLmdbStore({ path, clock: systemClock, log: silentLogger });
          let last = await open();
          const history = await runWorkload({
            store: last,
            random,
            pause: tick,
            phases: 3,
            operations: 150,
            async restart(store) {
              await store.close();
              last = await open();
              return last;
            },
          });
          await last.close();
          await rm(path, { recursive: true });
          return checkHistory(history);
        },
        Math.ceil(seeds / 4),
      ),
    timeoutMs,
  );
});

describe.skipIf(!etcdVersion)(`histories of etcd ${etcdVersion ?? '(not installed)'}`, () => {
  test(
    'killed and started again',
    async () => {
      const etcd = await startEtcd();
      try {
        await eachSeed(
          async (seed, random) => {
            const prefix = `/robust-${seed}/registry`;
            const open = () =>
              openEtcdStore({ endpoints: etcd.endpoints, prefix, clock: systemClock, log: silentLogger });
            let last = await open();
            const history = await runWorkload({
              store: last,
              random,
              pause: tick,
              phases: 2,
              operations: 150,
              async restart(store) {
                await store.close();
                await etcd.members[0]!.kill();
                await etcd.members[0]!.start();
                last = await open();
                return last;
              },
            });
            await last.close();
            return checkHistory(history);
          },
          Math.ceil(seeds / 8),
        );
      } finally {
        await etcd.remove();
      }
    },
    timeoutMs,
  );
});

describe.each([
  { title: 'the durable store', journaled: false },
  { title: 'the durable store with a journal', journaled: true },
])('$title over a disk that', ({ journaled }) => {
  interface Run {
    seed: number;
    random: Random;
    fault(point: Failpoint): Fault | undefined;
  }

  async function runWithFaults({ seed, random, fault }: Run) {
    const reached = new Map<Failpoint, number>();
    const pause = turns(random, 20);
    const disk = new SimulatedDisk({
      async reach(point) {
        await pause();
        const met = fault(point);
        if (met) reached.set(point, (reached.get(point) ?? 0) + 1);
        return met;
      },
    });
    const clock = new FakeClock();
    const endOfTick = async () => {
      await pause();
      // With half of the seeds callers are slower than the disk, so that two groups of commits take turns.
      if (seed & 4) await clock.advance(20);
    };
    const open = () => {
      const tables = journaled ? disk.journaledTables(clock) : disk.tables();
      return openTablesStore({ tables, clock, log: silentLogger, endOfTick });
    };
    const history = await runWorkload({
      store: open(),
      random,
      pause,
      clients: 6,
      operations: 120,
      compactions: 5,
      phases: 6,
      async restart() {
        disk.crash();
        return open();
      },
      isCrash: (error) => error instanceof CrashedError,
    });
    return { history, reached };
  }

  test(
    'works: power is lost between phases',
    () =>
      eachSeed(async (seed, random) => {
        const { history } = await runWithFaults({ seed, random, fault: () => undefined });
        return checkHistory(history);
      }),
    timeoutMs,
  );

  test.each(journaled ? journalFailpoints : failpoints)(
    'fails, is full or loses power at %s',
    async (point) => {
      let met = 0;
      await eachSeed(async (seed, random) => {
        const kinds: Fault[] = ['fail', 'full', 'crash', 'crash-kept'];
        const kind = kinds[seed % kinds.length]!;
        const { history, reached } = await runWithFaults({
          seed,
          random,
          fault: (at) => (at === point && random.next() < 0.2 ? kind : undefined),
        });
        met += reached.get(point) ?? 0;
        return checkHistory(history);
      });
      expect(met, 'times that the point was met').toBeGreaterThan(seeds / 2);
    },
    timeoutMs,
  );

  test(
    'fails in any way anywhere',
    () =>
      eachSeed(async (seed, random) => {
        const kinds: Fault[] = ['fail', 'full', 'crash', 'crash-kept'];
        const { history } = await runWithFaults({
          seed,
          random,
          fault: () => (random.next() < 0.05 ? kinds[Math.floor(random.next() * 4)] : undefined),
        });
        return checkHistory(history);
      }),
    timeoutMs,
  );

  test('a seed gives the same history each time', async () => {
    const run = async () => {
      const random = seededRandom(42);
      const fault = () => (random.next() < 0.05 ? ('crash' as const) : undefined);
      return (await runWithFaults({ seed: 42, random, fault })).history;
    };
    expect(await run()).toEqual(await run());
  });
});

describe('the checks find a store that', () => {
  const run = async (store: ReturnType<typeof memoryStore>) => {
    const random = seededRandom(5);
    return checkHistory(await runWorkload({ store, random, pause: turns(random, 20), operations: 400 }));
  };

  test('answers reads with what was', async () => {
    const store = memoryStore();
    const random = seededRandom(6);
    const stale: typeof store = {
      ...store,
      async get(key, at) {
        const revision = await store.revision();
        const old = random.next() < 0.1 ? Math.max(1, revision - 1) : at;
        return store.get(key, old).catch(() => store.get(key));
      },
    };
    expect((await run(stale)).join('\n')).toContain('not linearizable');
  });

  test('acknowledges what it does not write', async () => {
    const store = memoryStore();
    let count = 0;
    const forgetful: typeof store = {
      ...store,
      async commit(write) {
        const revision = (await store.revision()) + 1;
        return ++count % 50 === 0 ? { ok: true, revision } : store.commit(write);
      },
    };
    expect((await run(forgetful)).join('\n')).toMatch(/lost|two writes|not linearizable/);
  });

  test('drops a deletion from a watch', async () => {
    const store = memoryStore();
    let watches = 0;
    const lossy: typeof store = {
      ...store,
      async *watch(range, after, signal) {
        const whole = watches++ === 0;
        for await (const { changes, revision } of store.watch(range, after, signal)) {
          yield { revision, changes: changes.filter(({ type }) => whole || type === 'put') };
        }
      },
    };
    expect((await run(lossy)).join('\n')).toContain('is not reliable');
  });
});
