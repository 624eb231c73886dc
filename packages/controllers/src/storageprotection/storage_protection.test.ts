import { refs } from '@kubets/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { attributesClassProtectionController } from './index.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster([attributesClassProtectionController]);
});
afterEach(() => cluster.stop());

test('a class of volume attributes stays while a claim wants it', async () => {
  const { client } = cluster;
  const classes = refs.volumeAttributesClasses;
  await client.create(classes, {
    metadata: { name: 'gold' },
    driverName: 'disk.example.com',
    parameters: { iops: '9' },
  });
  await client.create(refs.persistentVolumeClaims, {
    metadata: { name: 'claim', namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'disk',
      volumeAttributesClassName: 'gold',
    },
  });
  await cluster.settle();
  expect(await cluster.get(classes, 'gold')).toMatchObject({
    metadata: { finalizers: ['kubernetes.io/vac-protection'] },
  });
  await client.delete(classes, 'gold');
  await cluster.settle();
  expect(await cluster.get(classes, 'gold')).toMatchObject({
    metadata: { deletionTimestamp: expect.any(String) },
  });
  await client.patch(refs.persistentVolumeClaims, 'claim', 'default', 'merge', {
    metadata: { finalizers: null },
  });
  await client.delete(refs.persistentVolumeClaims, 'claim', 'default');
  await cluster.settle();
  expect(await cluster.get(classes, 'gold')).toBeUndefined();
});
