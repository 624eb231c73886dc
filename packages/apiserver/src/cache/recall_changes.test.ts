import { memoryStore, type Store } from '@kubets/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const write = (to: TestServer, name: string, labels = {}) =>
  to.send('POST', maps, { metadata: { name, labels } });

let store: Store;
let asked: number[];
let before: TestServer;
let after: TestServer;
beforeEach(async () => {
  const inner = memoryStore();
  asked = [];
  const watch: Store['watch'] = (range, from, signal) => {
    asked.push(from);
    return inner.watch(range, from, signal);
  };
  store = { ...inner, watch };
  before = await startTestServer({ store });
});
afterEach(() => after?.stop());

async function restart(): Promise<void> {
  await before.stop();
  after = await startTestServer({ store });
  asked = [];
}

test('watches go on where they were after a server was started again', async () => {
  await write(before, 'old');
  const from = await store.revision();
  await write(before, 'a', { app: 'x' });
  await before.send('PUT', `${maps}/a`, configMapNamed('a'));
  await before.send('PUT', `${maps}/old`, { ...configMapNamed('old'), data: { a: 'b' } });
  await before.send('DELETE', `${maps}/old`);
  await restart();
  const all = await after.watch(`${maps}?watch=true&resourceVersion=${from}`);
  const some = await after.watch(`${maps}?watch=true&resourceVersion=${from}&labelSelector=app%3Dx`);
  const late = await after.watch(`${maps}?watch=true&resourceVersion=${from + 2}`);
  await write(after, 'new');
  const next = await store.revision();
  for (const watch of [all, some, late]) await watch.settle();
  const ending = [`MODIFIED old@${from + 3}`, `DELETED old@${from + 4}`, `ADDED new@${next}`];
  expect(all.seen).toEqual([`ADDED a@${from + 1}`, `MODIFIED a@${from + 2}`, ...ending]);
  expect(some.seen).toEqual([`ADDED a@${from + 1}`, `DELETED a@${from + 2}`]);
  expect(late.seen).toEqual(ending);
  // Those who come later find it in memory.
  expect(asked).toEqual([from]);
});

test('many who come back at once share what the store is asked', async () => {
  const from = await store.revision();
  for (let i = 0; i < 5; i++) await write(before, `a${i}`);
  await restart();
  const watches = await Promise.all(
    [3, 0, 2, 0, 3].map((past) => after.watch(`${maps}?watch=true&resourceVersion=${from + past}`)),
  );
  for (const watch of watches) await watch.settle();
  expect(watches.map(({ seen }) => seen.length)).toEqual([2, 5, 3, 5, 2]);
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('what was compacted, or is too far back, is gone', async () => {
  const from = await store.revision();
  await write(before, 'a');
  const middle = await store.revision();
  await write(before, 'b');
  await store.compact(middle);
  await restart();
  const resumed = await after.watch(`${maps}?watch=true&resourceVersion=${middle}`);
  const gone = await after.watch(`${maps}?watch=true&resourceVersion=${from - 1}`);
  for (const watch of [resumed, gone]) await watch.settle();
  expect(resumed.seen).toEqual([`ADDED b@${middle + 1}`]);
  expect(gone.seen[0]).toMatch(/^ERROR too old resource version/);

  before = after;
  const value = new TextEncoder().encode('{}');
  for (let i = 0; i < 10_001; i++) await store.commit({ key: `/elsewhere/${i}`, expect: 'absent', value });
  await restart();
  const far = await after.watch(`${maps}?watch=true&resourceVersion=${middle + 1}`);
  await far.settle();
  expect(far.seen[0]).toMatch(/^ERROR too old resource version/);
  expect(asked).toEqual([]);
});

test('more than memory keeps of a resource is not brought back', async () => {
  const from = await store.revision();
  for (let i = 0; i < 4_097; i++) {
    const value = new TextEncoder().encode(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `m${i}`, namespace: 'default' },
      }),
    );
    await store.commit({ key: `/registry/configmaps/default/m${i}`, expect: 'absent', value });
  }
  await restart();
  const all = await after.watch(`${maps}?watch=true&resourceVersion=${from}`);
  const most = await after.watch(`${maps}?watch=true&resourceVersion=${from + 100}`);
  for (const watch of [all, most]) await watch.settle();
  expect(all.seen[0]).toMatch(/^ERROR too old resource version/);
  expect(most.seen.length).toBeGreaterThanOrEqual(3_997);
});
