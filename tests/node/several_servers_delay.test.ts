// Three servers whose links are slow: one machine's, each machine's by turns (so that etcd's leader and the one that
// decides are behind the slow link at some time), then everybody's. Clients write to all of them meanwhile. What they
// saw is held against what a store may do.
//   KUBETS_DELAY_SECONDS=60 npx vitest run --project node tests/node/several_servers_delay.test.ts
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOperations } from '../../packages/storage/src/robustness/check_operations.ts';
import type { Operation, SeenChange } from '../../packages/storage/src/robustness/history.ts';
import {
  canRunMachines,
  configMaps,
  deploymentOf,
  deployments,
  type Machine,
  type Machines,
  podsOf,
  startMachines,
} from './several_servers_machines.ts';

/** How long each of the links is slow. */
const phaseMs = Number(process.env.KUBETS_DELAY_SECONDS ?? 6) * 1_000;
/** One way. */
const slowly = { fromMs: 50, toMs: 200 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const keys = ['r-0', 'r-1', 'r-2', 'r-3'];
let values = 0;

/** When each object was created is in no answer: the watch tells it afterwards, by uid. */
type Seen = Operation & { readonly uid?: string };

/** Reads and writes a few objects through `machine`, each write on what was read before. */
function client(machine: Machine, number: number, operations: Seen[]) {
  let stopped = false;
  const done = (async () => {
    for (let turn = number; !stopped; turn++) {
      const key = keys[turn % keys.length]!;
      const path = `${configMaps}/${key}`;
      const calledAt = performance.now();
      const read = await machine.ask('GET', path).catch(() => undefined);
      const returnedAt = performance.now();
      if (read?.status !== 200 && read?.status !== 404) continue;
      const current = read.status === 200 ? read.body : undefined;
      const entry = current && {
        value: current.data.value,
        modRevision: Number(current.metadata.resourceVersion),
        createRevision: 0,
      };
      const outcome = { type: 'read', entry } as const;
      operations.push({ client: number, key, calledAt, returnedAt, outcome, uid: current?.metadata.uid });
      await write(path, key, current);
    }
  })();

  async function write(path: string, key: string, current: any) {
    const value = `v${values++}`;
    const expect = current ? Number(current.metadata.resourceVersion) : 'absent';
    const metadata = { name: key, resourceVersion: current?.metadata.resourceVersion };
    const calledAt = performance.now();
    const operation = { client: number, key, calledAt, write: { expect, value } } as const;
    const asked = current
      ? machine.ask('PUT', path, { metadata, data: { value } })
      : machine.ask('POST', configMaps, { metadata, data: { value } });
    const answer = await asked.catch(() => undefined);
    const returnedAt = performance.now();
    if (answer && answer.status < 300) {
      const outcome = { type: 'written', revision: Number(answer.body.metadata.resourceVersion) } as const;
      operations.push({ ...operation, returnedAt, outcome, uid: answer.body.metadata.uid });
    } else if (answer?.status !== 409) {
      // A conflict has changed nothing. Anything else may have happened, or happen yet.
      operations.push({ ...operation, returnedAt: Number.POSITIVE_INFINITY, outcome: { type: 'unknown' } });
    }
  }

  return {
    async stop() {
      stopped = true;
      await done;
    },
  };
}

/** Follows all ConfigMaps through `machine`; where a watch breaks, the next goes on after what it has seen. */
function follower(machine: Machine, from: number) {
  const changes: (SeenChange & { uid: string })[] = [];
  const stop = new AbortController();
  let revision = from;
  let watches = 0;
  const refusals: string[] = [];
  const done = (async () => {
    while (!stop.signal.aborted) {
      watches++;
      // Short ones, so that going on where one ended is what mostly happens.
      const path = `${configMaps}?watch=true&allowWatchBookmarks=true&timeoutSeconds=3&resourceVersion=${revision}`;
      await machine.watch(path, stop.signal, ({ type, object }) => {
        if (type === 'ERROR') return refusals.push(object.message);
        revision = Number(object.metadata.resourceVersion);
        if (type === 'BOOKMARK' || !keys.includes(object.metadata.name)) return;
        const { name, uid } = object.metadata;
        const kind = type === 'DELETED' ? 'delete' : 'put';
        changes.push({ type: kind, key: name, value: object.data.value, revision, createRevision: 0, uid });
      });
      await sleep(20);
    }
  })();
  return {
    changes,
    refusals,
    watches: () => watches,
    revision: () => revision,
    async stop() {
      stop.abort();
      await done;
    },
  };
}

/** Makes the links of `slow` so, at both of their ends, and all others quick. */
function slowDown(all: readonly Machine[], slow: readonly Machine[]): void {
  for (const machine of all) {
    const far = slow.includes(machine) ? all : slow;
    machine.slow(Object.fromEntries(far.map(({ address }) => [address, slowly])));
  }
}

describe.skipIf(!canRunMachines)('several servers with slow links', () => {
  let machines: Machines;
  beforeAll(async () => {
    machines = await startMachines({ relayed: true });
  });
  afterAll(() => machines?.remove());

  test(
    'stay one store, lose nothing, and do nothing twice',
    async () => {
      const { all, eventually, insist } = machines;
      const [first] = all;
      const start = Number((await first.ask('GET', configMaps)).body.metadata.resourceVersion);
      const operations: Seen[] = [];
      const clients = [...all, ...all].map((machine, number) => client(machine, number, operations));
      const followers = all.map((machine) => follower(machine, start));
      await first.ask('POST', deployments, deploymentOf('web', 3));
      await eventually('three pods', async () => (await podsOf(first)).length === 3);

      let replicas = 3;
      const phase = async (what: string, slow: readonly Machine[]) => {
        const before = operations.length;
        slowDown(all, slow);
        replicas++;
        // Asked through the slow one.
        await insist(slow[0]!, 'PATCH', `${deployments}/web`, { spec: { replicas } });
        await sleep(phaseMs);
        await eventually(`${replicas} pods while ${what}`, async () => {
          const pods = await podsOf(slow[0]!);
          return pods.length === replicas;
        });
        expect(operations.length - before, `operations while ${what}`).toBeGreaterThan(5);
      };
      for (const machine of all) await phase(`the links of ${machine.number} are slow`, [machine]);
      const from = performance.now() + 1_000;
      await phase('all links are slow', all);
      const to = performance.now();
      const times = operations
        .filter(
          ({ outcome, calledAt, returnedAt }) =>
            outcome.type === 'written' && calledAt > from && returnedAt < to,
        )
        .map(({ calledAt, returnedAt }) => returnedAt - calledAt);
      // There and back to another member: none can be faster, if the links are as slow as they should be.
      expect(Math.min(...times)).toBeGreaterThan(2 * slowly.fromMs);
      expect(Math.min(...times)).toBeLessThan(10_000);
      slowDown(all, []);

      for (const each of clients) await each.stop();
      // The last word: every watcher comes to it.
      const { body } = await first.ask('PUT', `${configMaps}/${keys[0]}`, {
        metadata: { name: keys[0] },
        data: { value: 'last' },
      });
      const last = Number(body.metadata.resourceVersion);
      for (const each of followers) await eventually('all events', async () => each.revision() >= last);
      for (const each of followers) await each.stop();

      // Watches: each server's has told the same, in order, once, across all its resumptions.
      const { changes } = followers[0]!;
      const revisions = changes.map(({ revision }) => revision);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
      for (const each of followers) {
        expect(each.refusals).toEqual([]);
        expect(each.watches()).toBeGreaterThan(3);
        expect(each.changes).toEqual(changes);
      }

      // Reads and writes: one store's.
      const created = new Map<string, number>();
      for (const { uid, revision } of changes) if (!created.has(uid)) created.set(uid, revision);
      const complete = (operation: Seen): Operation => {
        const { outcome, uid } = operation;
        if (outcome.type !== 'read' || !outcome.entry) return operation;
        return {
          ...operation,
          outcome: { ...outcome, entry: { ...outcome.entry, createRevision: created.get(uid!)! } },
        };
      };
      expect(checkOperations({ operations: operations.map(complete), changes })).toEqual([]);
      const written = operations.filter(({ outcome }) => outcome.type === 'written');
      expect(written.length).toBeGreaterThan(30);

      // Two controllers at work would have made more pods than were ever wanted.
      const path = '/kubets/v1/history?resource=pods&limit=1000';
      const { items } = (await first.ask('GET', path)).body;
      expect(items.filter((item: any) => item.type === 'created')).toHaveLength(replicas);
      if (process.env.KUBETS_DELAY_SECONDS) {
        const unknown = operations.filter(({ outcome }) => outcome.type === 'unknown').length;
        const resumed = followers.reduce((sum, each) => sum + each.watches(), 0);
        process.stdout.write(
          `${operations.length} operations, ${written.length} writes acknowledged, ${unknown} unknown, ${changes.length} changes, ${resumed} watches\n`,
        );
      }
    },
    180_000 + 5 * phaseMs,
  );
});
