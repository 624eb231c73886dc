import { FakeClock } from '@kubets/base';
import { memoryStore } from '@kubets/storage';
import { expect, test } from 'vitest';
import { configMapNamed, startTestServer } from '../testing/test_server.ts';

/** A clock that somebody sets; timers go on as they were. */
class JumpingClock extends FakeClock {
  offset = 0;
  override now(): number {
    return super.now() + this.offset;
  }
}

const minute = 60_000;
const day = 24 * 60 * minute;

test.each([
  { name: 'ten years ahead', offset: 3_650 * day },
  { name: 'a day back', offset: -day },
])('the clock is set $name: history goes when its time has passed, and not before', async ({ offset }) => {
  const clock = new JumpingClock();
  const store = memoryStore();
  const api = await startTestServer({ clock, store, limits: { historyMs: 20 * minute } });
  const maps = '/api/v1/namespaces/default/configmaps';
  await api.send('POST', maps, configMapNamed('a'));
  const revision = await store.revision();
  const key = '/registry/configmaps/default/a';
  await clock.advance(5 * minute);
  await api.send('DELETE', `${maps}/a`);
  clock.offset = offset;
  await clock.advance(14 * minute);
  expect(await store.get(key, revision)).toBeDefined();
  await clock.advance(20 * minute);
  await expect(store.get(key, revision)).rejects.toThrow('compacted');
  await api.stop();
});
