import { memoryStore, NoSpaceError } from '@kubets/storage';
import { expect, test } from 'vitest';
import { startTestServer } from '../testing/test_server.ts';

test('an alarm of the store shows in /readyz and not in /livez', async () => {
  let problems: string[] = [];
  const store = { ...memoryStore(), problems: async () => problems };
  const api = await startTestServer({ store });
  const body = async (path: string) => ((await api.call('GET', path)) as { body: string }).body;
  expect(await body('/readyz?verbose')).toContain('[+]etcd-readiness ok');
  problems = ['NOSPACE: 1.0 MiB left for /store; writes are refused'];
  expect(await api.call('GET', '/readyz')).toMatchObject({ status: 500 });
  expect(await body('/readyz')).toContain('[-]etcd-readiness failed: reason withheld');
  expect(await body('/livez?verbose')).not.toContain('etcd-readiness');
  expect(await api.call('GET', '/readyz/etcd-readiness')).toMatchObject({
    status: 500,
    body: expect.stringContaining('NOSPACE: 1.0 MiB left for /store; writes are refused'),
  });
  problems = [];
  expect(await body('/readyz?verbose')).toContain('[+]etcd-readiness ok');
  await api.stop();
});

test('a write that the store has no space for is refused as upstream refuses it', async () => {
  const inner = memoryStore();
  let full = false;
  const store = {
    ...inner,
    commit: async (write: Parameters<typeof inner.commit>[0]) => {
      if (full && write.value) throw new NoSpaceError();
      return inner.commit(write);
    },
  };
  const api = await startTestServer({ store });
  const maps = '/api/v1/namespaces/default/configmaps';
  await api.send('POST', maps, { metadata: { name: 'a' } });
  full = true;
  const refusal = await api.refusal('POST', maps, { metadata: { name: 'b' } });
  expect(refusal).toMatchObject({ code: 500, message: 'etcdserver: mvcc: database space exceeded' });
  expect(await api.names(maps)).toContain('a');
  await api.send('DELETE', `${maps}/a`);
  full = false;
  await api.send('POST', maps, { metadata: { name: 'b' } });
  await api.stop();
});
