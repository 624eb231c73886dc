// What clients are told of a store that is encrypted anew, or doesn't answer.
import { memoryStore, type Store, StoreUnavailableError, UnknownOutcomeError } from '@kubets/storage';
import { expect, test } from 'vitest';
import { startTestServer } from '../testing/test_server.ts';

const path = '/api/v1/namespaces/default/configmaps';
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } };

test('an update that changes nothing is written when the value is encrypted with an old key', async () => {
  const stale = new Set<number>();
  const server = await startTestServer({ isStale: (_key, revision) => stale.has(revision) });
  const created = await server.send('POST', path, configMap);
  const same = await server.send('PUT', `${path}/a`, created);
  expect(same.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
  stale.add(Number(created.metadata.resourceVersion));
  const written = await server.send('PUT', `${path}/a`, created);
  expect(Number(written.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
  await server.stop();
});

test.each([
  [new UnknownOutcomeError(), 504, 'Timeout'],
  [new StoreUnavailableError('etcd: no leader'), 503, 'ServiceUnavailable'],
])('%s is not told as a refusal', async (error, code, reason) => {
  let failing = false;
  const inner = memoryStore();
  const store: Store = {
    ...inner,
    commit: (write) => (failing ? Promise.reject(error) : inner.commit(write)),
  };
  const server = await startTestServer({ store });
  failing = true;
  expect(await server.refusal('POST', path, configMap)).toMatchObject({ code, reason });
  failing = false;
  await server.stop();
});
