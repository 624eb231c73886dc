import type { PersistentVolume, PersistentVolumeClaim } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ephemeralVolumeController } from '../ephemeralvolume/index.ts';
import { claimProtectionController, volumeProtectionController } from '../storageprotection/index.ts';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { persistentVolumeBinder } from './index.ts';
import { findVolume } from './match_volume.ts';

describe('matching', () => {
  const volume = (name: string, storage: string, spec: object = {}, labels: object = {}) =>
    ({
      metadata: { name, labels },
      spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], ...spec },
      status: { phase: 'Available' },
    }) as unknown as PersistentVolume;
  const claim = (spec: object = {}) =>
    ({
      metadata: { name: 'c', namespace: 'd', uid: 'u' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
    }) as unknown as PersistentVolumeClaim;
  const reserved = { claimRef: { name: 'c', namespace: 'd' } };
  test.each<[string, PersistentVolumeClaim, PersistentVolume[], boolean, string | undefined]>([
    [
      'the smallest that fits',
      claim(),
      [volume('a', '9Gi'), volume('b', '3Gi'), volume('c', '1Gi')],
      false,
      'b',
    ],
    ['the reserved one', claim(), [volume('a', '2Gi'), volume('b', '9Gi', reserved)], false, 'b'],
    ['none of another class', claim({ storageClassName: 'x' }), [volume('a', '2Gi')], false, undefined],
    [
      'none with fewer modes',
      claim({ accessModes: ['ReadWriteMany'] }),
      [volume('a', '2Gi')],
      false,
      undefined,
    ],
    ['none of another mode', claim({ volumeMode: 'Block' }), [volume('a', '2Gi')], false, undefined],
    [
      'by labels',
      claim({ selector: { matchLabels: { x: 'y' } } }),
      [volume('a', '2Gi'), volume('b', '3Gi', {}, { x: 'y' })],
      false,
      'b',
    ],
    ['delayed: not yet', claim(), [volume('a', '2Gi')], true, undefined],
    ['delayed: reserved', claim(), [volume('a', '2Gi', reserved)], true, 'a'],
  ])('%s', (_, of, volumes, delayed, expected) => {
    expect(findVolume(of, volumes, { delayed })?.metadata.name).toBe(expected);
  });
});

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster([
    persistentVolumeBinder,
    claimProtectionController,
    volumeProtectionController,
    ephemeralVolumeController,
  ]);
});
afterEach(() => cluster.stop());

const createVolume = (spec: object = {}) =>
  cluster.client.create(refs.persistentVolumes, {
    metadata: { name: 'pv' },
    spec: {
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/data' },
      storageClassName: '',
      ...spec,
    },
  });
const createClaim = (spec: object = {}) =>
  cluster.client.create(refs.persistentVolumeClaims, {
    metadata: { name: 'claim', namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: '',
      ...spec,
    },
  });
const volume = () => cluster.get<PersistentVolume>(refs.persistentVolumes, 'pv');
const claim = () => cluster.get<PersistentVolumeClaim>(refs.persistentVolumeClaims, 'claim');

test('a claim and a volume find each other; the volume is released when the claim goes', async () => {
  await createClaim();
  await cluster.settle();
  expect((await claim())?.status?.phase).toBe('Pending');
  expect(await cluster.events()).toContain(
    'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
  );
  await createVolume();
  await cluster.settle();
  expect(await claim()).toMatchObject({
    spec: { volumeName: 'pv' },
    status: { phase: 'Bound', capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'] },
    metadata: {
      annotations: {
        'pv.kubernetes.io/bind-completed': 'yes',
        'pv.kubernetes.io/bound-by-controller': 'yes',
      },
      finalizers: ['kubernetes.io/pvc-protection'],
    },
  });
  expect(await volume()).toMatchObject({
    spec: { claimRef: { kind: 'PersistentVolumeClaim', name: 'claim', namespace: 'default' } },
    status: { phase: 'Bound' },
  });
  await cluster.client.delete(refs.persistentVolumeClaims, 'claim', 'default');
  await cluster.settle();
  expect(await claim()).toBeUndefined();
  expect((await volume())?.status?.phase).toBe('Released');
});

test('a claim that a pod uses stays until the pod has ended; reclaim policy Delete', async () => {
  await createVolume({ persistentVolumeReclaimPolicy: 'Delete' });
  await createClaim({ volumeName: 'pv' });
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'claim' } }];
  const pod = await cluster.createPod({
    metadata: { name: 'user' },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'c' }], volumes },
  });
  await cluster.settle();
  await cluster.client.delete(refs.persistentVolumeClaims, 'claim', 'default');
  await cluster.settle();
  expect((await claim())?.metadata.deletionTimestamp).toBeDefined();
  await cluster.setPod(pod, { phase: 'Succeeded' });
  await cluster.settle();
  expect(await claim()).toBeUndefined();
  expect(await volume()).toBeUndefined();
});

test('a class that waits, and one that provisions', async () => {
  const provisioner = 'example.com/disks';
  const volumeBindingMode = 'WaitForFirstConsumer';
  await cluster.client.create(refs.storageClasses, {
    metadata: { name: 'late' },
    provisioner,
    volumeBindingMode,
  });
  await createClaim({ storageClassName: 'late' });
  await cluster.settle();
  expect(await cluster.events()).toContain(
    'Normal WaitForFirstConsumer waiting for first consumer to be created before binding',
  );
  expect((await claim())?.metadata.annotations?.['volume.kubernetes.io/storage-provisioner']).toBeUndefined();
  await cluster.client.patch(refs.persistentVolumeClaims, 'claim', 'default', 'merge', {
    metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'n1' } },
  });
  await cluster.settle();
  expect((await claim())?.metadata.annotations?.['volume.kubernetes.io/storage-provisioner']).toBe(
    provisioner,
  );
});

test('a lost volume is told of; an ephemeral claim belongs to its pod', async () => {
  await createVolume();
  await createClaim();
  await cluster.settle();
  await cluster.client.delete(refs.persistentVolumes, 'pv');
  await cluster.client.patch(refs.persistentVolumes, 'pv', undefined, 'merge', {
    metadata: { finalizers: null },
  });
  await cluster.settle();
  expect((await claim())?.status?.phase).toBe('Lost');

  const volumeClaimTemplate = {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const pod = await cluster.createPod({
    metadata: { name: 'user' },
    spec: {
      containers: [{ name: 'c', image: 'c' }],
      volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate } }],
    },
  });
  await cluster.settle();
  const made = await cluster.get<PersistentVolumeClaim>(refs.persistentVolumeClaims, 'user-scratch');
  expect(made?.metadata.ownerReferences).toMatchObject([
    { kind: 'Pod', uid: pod.metadata.uid, controller: true },
  ]);
});
