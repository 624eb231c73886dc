import type { ConfigMap, Namespace, ServiceAccount } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, expect, test } from 'vitest';
import { rootCaPublisher } from '../rootca/index.ts';
import { serviceAccountController } from '../serviceaccount/index.ts';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { namespaceController } from './index.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

test('a namespace gets its account and the root certificate, and again when they are deleted', async () => {
  cluster = await startCluster([serviceAccountController, rootCaPublisher], { rootCaPem: 'PEM' });
  await cluster.client.create(refs.namespaces, { metadata: { name: 'team' }, spec: {} });
  await cluster.settle();
  expect(await cluster.get<ServiceAccount>(refs.serviceAccounts, 'default', 'team')).toBeDefined();
  const published = await cluster.get<ConfigMap>(refs.configMaps, 'kube-root-ca.crt', 'team');
  expect(published?.data).toEqual({ 'ca.crt': 'PEM' });
  await cluster.client.delete(refs.serviceAccounts, 'default', 'team');
  await cluster.client.patch(refs.configMaps, 'kube-root-ca.crt', 'team', 'merge', {
    data: { 'ca.crt': 'other' },
  });
  await cluster.settle();
  expect(await cluster.get(refs.serviceAccounts, 'default', 'team')).toBeDefined();
  expect((await cluster.get<ConfigMap>(refs.configMaps, 'kube-root-ca.crt', 'team'))?.data).toEqual({
    'ca.crt': 'PEM',
  });
});

test('a deleted namespace is emptied, pods first, and then goes', async () => {
  cluster = await startCluster([namespaceController]);
  const namespace = 'team';
  await cluster.client.create(refs.namespaces, { metadata: { name: namespace }, spec: {} });
  await cluster.client.create(refs.configMaps, { metadata: { name: 'config', namespace } });
  const spec = { containers: [{ name: 'a', image: 'a' }] };
  await cluster.client.create(refs.pods, {
    metadata: { name: 'held', namespace, finalizers: ['example.com/hold'] },
    spec,
  });
  await cluster.client.delete(refs.namespaces, namespace);
  await cluster.settle();
  const going = (await cluster.get<Namespace>(refs.namespaces, namespace))!;
  expect(going.status?.phase).toBe('Terminating');
  const problems = going.status?.conditions?.filter(({ status }) => status === 'True');
  expect(problems?.map(({ type, message }) => [type, message])).toEqual([
    ['NamespaceContentRemaining', 'Some resources are remaining: pods. has 1 resource instances'],
    [
      'NamespaceFinalizersRemaining',
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ],
  ]);
  expect(going.status?.conditions).toHaveLength(5);
  expect(await cluster.get(refs.configMaps, 'config', namespace)).toBeDefined();
  await cluster.client.patch(refs.pods, 'held', namespace, 'merge', { metadata: { finalizers: null } });
  await cluster.advance(3_000);
  expect(await cluster.get(refs.namespaces, namespace)).toBeUndefined();
  expect(await cluster.get(refs.configMaps, 'config', namespace)).toBeUndefined();
});
