// Several servers on one store: what another has written reaches this one's cache by its watch, so a moment later.
import { memoryStore, type Store } from '@kubets/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const map = `${maps}/a`;

let other: TestServer;
let behind: TestServer;
let gate: Gate;
beforeEach(async () => {
  const store = memoryStore();
  gate = new Gate();
  other = await startTestServer({ store });
  behind = await startTestServer({ store: { ...store, watch: gate.through(store) } });
  await other.send('POST', maps, { ...configMapNamed('a'), data: { value: '1' } });
  await behind.names(maps);
  gate.close();
});
afterEach(async () => {
  gate.open();
  await behind.stop();
  await other.stop();
});

/** Asked while the server is behind; it catches up afterwards. */
async function asked<T>(request: Promise<T>): Promise<T> {
  request.catch(() => {});
  for (let i = 0; i < 100; i++) await Promise.resolve();
  gate.open();
  return request;
}

const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
const value = async () => (await other.send('GET', map)).data.value;

test('a patch to what a value was before is a change', async () => {
  await other.send('PATCH', map, { data: { value: '2' } }, merge);
  await asked(behind.send('PATCH', map, { data: { value: '1' } }, merge));
  expect(await value()).toBe('1');
});

test('an update to what was before is one of an older revision', async () => {
  const before = await other.send('GET', map);
  await other.send('PATCH', map, { data: { value: '2' } }, merge);
  expect(await asked(behind.refusal('PUT', map, before))).toMatchObject({ code: 409, reason: 'Conflict' });
  expect(await value()).toBe('2');
});

test('a dry run answers from what is there', async () => {
  await other.send('PATCH', map, { data: { more: 'x' } }, merge);
  const answer = await asked(behind.send('PATCH', `${map}?dryRun=All`, { data: { value: '3' } }, merge));
  expect(answer.data).toEqual({ value: '3', more: 'x' });
});

test('a patch is refused only for what is there', async () => {
  await other.send('PATCH', map, { data: { value: '2' } }, merge);
  const operations = [
    { op: 'test', path: '/data/value', value: '2' },
    { op: 'replace', path: '/data/value', value: '3' },
  ];
  const headers = { 'content-type': 'application/json-patch+json' };
  await asked(behind.send('PATCH', map, operations, { headers }));
  expect(await value()).toBe('3');
});

test('an update of an object that was made anew is none of the one before', async () => {
  await other.send('DELETE', map);
  const anew = await other.send('POST', maps, { ...configMapNamed('a'), data: { value: '2' } });
  await asked(behind.send('PUT', map, { ...anew, data: { value: '3' } }));
  expect(await value()).toBe('3');
});

test('a delete of an object that was made anew deletes it', async () => {
  gate.open();
  await other.send('PATCH', map, { metadata: { finalizers: ['example.com/wait'] } }, merge);
  await other.send('DELETE', map);
  await behind.names(maps);
  gate.close();
  await other.send('PATCH', map, { metadata: { finalizers: null } }, merge);
  const { metadata } = await other.send('POST', maps, configMapNamed('a'));
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: metadata.uid } };
  await asked(behind.send('DELETE', map, body));
  expect(await other.names(maps)).not.toContain('a');
});

/** Holds a watch back while it is closed. */
class Gate {
  #opened: Promise<void> = Promise.resolve();
  #open = () => {};

  close(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  through(store: Store): Store['watch'] {
    const gate = this;
    return async function* (range, after, signal) {
      for await (const batch of store.watch(range, after, signal)) {
        await gate.#opened;
        yield batch;
      }
    };
  }
}
