import { expect, test } from 'vitest';
import type { ApiResult, ServerWatchEvent } from '../request.ts';
import { configMapNamed, json, startTestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const maxPending = 100;
/** As many changes as the cache keeps of one resource. */
const ringCapacity = 4_096;

function eventsOf(result: ApiResult): AsyncIterator<readonly ServerWatchEvent[]> {
  if (result.type !== 'watch') throw new Error(`answer of type ${result.type}`);
  return result.events[Symbol.asyncIterator]();
}

async function readAll(events: AsyncIterator<readonly ServerWatchEvent[]>): Promise<ServerWatchEvent[]> {
  const seen: ServerWatchEvent[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done) return seen;
    seen.push(...value);
  }
}

test('a slow watcher holds a bounded number of events, is ended, and is told 410 when it comes back too late; a fast one sees all at once', async () => {
  const api = await startTestServer({ limits: { maxPendingWatchEvents: maxPending } });
  const from = await api.store.revision();
  const path = `${maps}?watch=true&resourceVersion=${from}`;
  const slow = await Promise.all(
    Array.from({ length: 50 }, async () => eventsOf(await api.call('GET', path))),
  );
  const fast = await api.watch(path);
  let delayed = 0;
  const writes = ringCapacity + maxPending + 500;
  for (let i = 0; i < writes; i++) {
    // As another server would write it.
    const object = configMapNamed(`m${i}`, {}, { namespace: 'default', uid: `u${i}` });
    const key = `/registry/configmaps/default/m${i}`;
    await api.store.commit({ key, expect: 'absent', value: json(object) });
    await fast.settle();
    if (fast.events.length !== i + 1) delayed++;
  }
  expect(delayed).toBe(0);
  expect(fast.ended).toBe(false);
  for (const events of slow) {
    const seen = await readAll(events);
    // Nothing is skipped before the end.
    expect(seen).toHaveLength(maxPending);
    expect(seen.map(({ type }) => type)).toEqual(Array(maxPending).fill('ADDED'));
    const names = seen.map(({ stored }) => stored!.object.metadata.name);
    expect(names).toEqual(Array.from({ length: maxPending }, (_, i) => `m${i}`));
  }
  const late = await readAll(
    eventsOf(await api.call('GET', `${maps}?watch=true&resourceVersion=${from + maxPending}`)),
  );
  expect(late).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
  fast.stop();
  await api.stop();
}, 60_000);
