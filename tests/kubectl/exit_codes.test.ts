// What scripts and supervisors go by: how the program ends.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../harness/cluster.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ fakeNodes: 1 });
});
afterAll(() => cluster?.down());

test('a second server of a cluster is refused, and the first one stays known', async () => {
  const { code, stderr } = await cluster.tryKubets(['server', '--name', cluster.name]);
  expect(stderr).toContain('runs already');
  expect(code).toBe(1);
  expect(await cluster.kubets('status', '--name', cluster.name)).toContain('running');
});

test('a server that cannot start ends with 1', async () => {
  const files = ['client-ca-file', 'tls-cert-file', 'tls-private-key-file', 'service-account-key-file'];
  const flags = [...files, 'service-account-signing-key-file'].map((flag) => `--${flag}=/nowhere/${flag}`);
  const { code, stdout, stderr } = await cluster.tryKubets(['apiserver', ...flags]);
  expect(stdout + stderr).toContain('no such file');
  expect(code).toBe(1);
});

test.each([
  [['--cluster-init', '--join', 'https://127.0.0.1:1', '--token', 'x'], 'use one of them'],
  [['--store', 'lmdb', '--cluster-init'], '--store says'],
  [
    ['--join', 'http://127.0.0.1:1', '--token', `K10${'0'.repeat(64)}::server:${'0'.repeat(16)}`],
    '--join takes a URL',
  ],
])('flags that contradict each other are refused: %s', async (flags, message) => {
  const { code, stderr } = await cluster.tryKubets(['server', '--name', 'never-made', ...flags]);
  expect(stderr).toContain(message);
  expect(code).toBe(1);
});
