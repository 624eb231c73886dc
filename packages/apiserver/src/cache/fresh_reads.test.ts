// etcd #20418: answers to earlier questions, put before the asker was left behind, were taken for answers to later
// ones, and reads saw what was.
import { memoryStore } from '@kubets/storage';
import { expect, test } from 'vitest';
import { configMapNamed, startTestServer } from '../testing/test_server.ts';

test('a read never takes an answer of the store that was under way before it', async () => {
  const inner = memoryStore();
  let slow = false;
  const waiting: (() => void)[] = [];
  const store = {
    ...inner,
    async revision() {
      const answer = await inner.revision();
      // The answer is as of now, and arrives late.
      if (slow) await new Promise<void>((resolve) => waiting.push(resolve));
      return answer;
    },
  };
  const api = await startTestServer({ store });
  const maps = '/api/v1/namespaces/default/configmaps';
  await api.send('POST', maps, configMapNamed('old'));
  slow = true;
  const early = api.names(maps);
  await turns();
  expect(waiting).toHaveLength(1);
  // Another server writes: this one's cache learns of it by its watch only.
  const value = new TextEncoder().encode(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'new', namespace: 'default', uid: 'u' },
    }),
  );
  await inner.commit({ key: '/registry/configmaps/default/new', expect: 'absent', value });
  const late = [api.names(maps), api.names(maps)];
  await turns();
  // Those who come now don't share the question that is under way; they share the next one.
  expect(waiting).toHaveLength(1);
  waiting.shift()!();
  await turns();
  await early;
  expect(waiting).toHaveLength(1);
  waiting.shift()!();
  for (const names of await Promise.all(late)) expect(names).toContain('new');
  slow = false;
  await api.stop();
});

async function turns(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
