import type { ConfigMap } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { garbageCollector } from './index.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster([garbageCollector]);
  await cluster.advance(1_000);
});
afterEach(() => cluster.stop());

async function create(
  name: string,
  owners: (ConfigMap | undefined)[] = [],
  more: object = {},
): Promise<ConfigMap> {
  return cluster.client.create(refs.configMaps, {
    metadata: {
      name,
      namespace: 'default',
      ownerReferences: owners.map((owner) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: owner!.metadata.name,
        uid: owner!.metadata.uid,
        ...more,
      })),
    },
  });
}
const remove = (name: string, propagationPolicy: 'Foreground' | 'Background' | 'Orphan') =>
  cluster.client.delete(refs.configMaps, name, 'default', { propagationPolicy });
const names = () => cluster.names(refs.configMaps);

test('background: what an owner leaves behind goes after it, down to the last', async () => {
  const owner = await create('owner');
  const child = await create('child', [owner]);
  await create('grandchild', [child]);
  await create('other');
  await remove('owner', 'Background');
  await cluster.settle();
  expect(await names()).toEqual(['other']);
});

test('an object that names an owner that never was goes too', async () => {
  const owner = await create('owner');
  const ghost = { ...owner, metadata: { ...owner.metadata, uid: '00000000-0000-0000-0000-000000000000' } };
  await create('child', [ghost]);
  await cluster.settle();
  expect(await names()).toEqual(['owner']);
});

test('one of several owners going only takes its reference with it', async () => {
  const a = await create('a');
  const b = await create('b');
  await create('child', [a, b]);
  await remove('a', 'Background');
  await cluster.settle();
  const child = await cluster.get<ConfigMap>(refs.configMaps, 'child');
  expect(child?.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['b']);
});

test('orphan: dependents stay without their owner', async () => {
  const owner = await create('owner');
  await create('child', [owner]);
  await remove('owner', 'Orphan');
  await cluster.settle();
  expect(await names()).toEqual(['child']);
  expect((await cluster.get<ConfigMap>(refs.configMaps, 'child'))?.metadata.ownerReferences ?? []).toEqual(
    [],
  );
});

test('foreground: the owner waits for dependents that block it', async () => {
  const owner = await create('owner');
  const child = await create('child', [owner], { blockOwnerDeletion: true });
  await create('grandchild', [child], { blockOwnerDeletion: true });
  await cluster.client.patch(refs.configMaps, 'grandchild', 'default', 'merge', {
    metadata: { finalizers: ['example.com/hold'] },
  });
  await remove('owner', 'Foreground');
  await cluster.settle();
  expect(await names()).toEqual(['child', 'grandchild', 'owner']);
  await cluster.client.patch(refs.configMaps, 'grandchild', 'default', 'merge', {
    metadata: { finalizers: null },
  });
  await cluster.settle();
  expect(await names()).toEqual([]);
});

test('foreground: owners in a circle do not wait for each other for ever', async () => {
  const a = await create('a');
  const b = await create('b', [a], { blockOwnerDeletion: true });
  await cluster.client.patch(refs.configMaps, 'a', 'default', 'merge', {
    metadata: {
      ownerReferences: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: b.metadata.uid, blockOwnerDeletion: true },
      ],
    },
  });
  await cluster.settle();
  await remove('a', 'Foreground');
  await cluster.settle();
  expect(await names()).toEqual([]);
});
