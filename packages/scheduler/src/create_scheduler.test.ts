import type {
  New,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodSpec,
  VolumeNodeAffinity,
} from '@kubets/api';
import { seededRandom, silentLogger } from '@kubets/base';
import { createEventRecorder, refs } from '@kubets/client';
import { startCluster, type TestCluster } from '@kubets/controllers/testing/test_cluster.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createScheduler } from './create_scheduler.ts';

describe('the scheduler on a real API server', () => {
  let cluster: TestCluster;
  let stop: AbortController;
  let running: Promise<void>;

  beforeEach(async () => {
    cluster = await startCluster([]);
    stop = new AbortController();
    const { client, clock, informers } = cluster;
    const random = seededRandom(7);
    const recorder = createEventRecorder({ client, clock, random, component: 'default-scheduler' });
    const log = silentLogger;
    running = createScheduler({ client, informers, clock, random, log, recorder }).run(stop.signal);
    await cluster.settle();
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await cluster.stop();
  });

  const addNode = (name: string, allocatable: Record<string, string> = {}, node: Partial<Node> = {}) =>
    cluster.createNode(name, {
      ...node,
      status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } },
    });
  const addPod = async (name: string, spec: Partial<PodSpec> = {}, more: Partial<New<Pod>> = {}) => {
    const pod = await cluster.createPod({
      ...more,
      metadata: { name, ...more.metadata },
      spec: { containers: [{ name: 'c', image: 'app:1' }], ...spec },
    });
    await cluster.settle();
    return pod;
  };
  const asking = (requests: Record<string, string>): Partial<PodSpec> => ({
    containers: [{ name: 'c', image: 'app:1', resources: { requests } }],
  });
  const getPod = (name: string) => cluster.get<Pod>(refs.pods, name);
  const nodeOf = async (name: string) => (await getPod(name))?.spec.nodeName;
  const condition = async (name: string) =>
    (await getPod(name))?.status?.conditions?.find(({ type }) => type === 'PodScheduled');

  test('binds a pod and says so', async () => {
    await addNode('node-1');
    await addPod('web');
    expect(await nodeOf('web')).toBe('node-1');
    expect(await condition('web')).toMatchObject({ status: 'True' });
    expect(await cluster.events()).toContain('Normal Scheduled Successfully assigned default/web to node-1');
  });

  test('says why a pod has no node, and finds one when it comes', async () => {
    await addPod('web');
    expect(await condition('web')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message: 'no nodes available to schedule pods',
    });
    await addNode('small', { cpu: '1' });
    await addNode('cordoned', {}, { spec: { unschedulable: true } });
    await cluster.settle();
    expect(await nodeOf('web')).toBe('small');
    await addPod('large', asking({ cpu: '2' }));
    const message =
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
    expect(await condition('large')).toMatchObject({ reason: 'Unschedulable', message });
    expect(await cluster.events()).toContain(`Warning FailedScheduling ${message}`);
    const patch = { spec: { unschedulable: null } };
    await cluster.client.patch(refs.nodes, 'cordoned', undefined, 'merge', patch);
    await cluster.settle();
    expect(await nodeOf('large')).toBe('cordoned');
  });

  test('tells of GPUs that others have in the words that people look for', async () => {
    await addNode('node-1', { 'nvidia.com/gpu': '1' });
    const gpu: Partial<PodSpec> = {
      containers: [{ name: 'c', image: 'app:1', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
    };
    await addPod('first', gpu);
    await addPod('second', gpu);
    expect(await nodeOf('first')).toBe('node-1');
    expect((await condition('second'))?.message).toBe(
      '0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
    await cluster.client.delete(refs.pods, 'first', 'default', { gracePeriodSeconds: 0 });
    await cluster.settle();
    expect(await nodeOf('second')).toBe('node-1');
  });

  test('takes the more important pods first', async () => {
    await addPod('low', { ...asking({ cpu: '3' }), priority: 1 });
    await addPod('high', { ...asking({ cpu: '3' }), priority: 2 });
    await addNode('node-1');
    await cluster.settle();
    expect([await nodeOf('low'), await nodeOf('high')]).toEqual([undefined, 'node-1']);
  });

  test('makes room for a pod of higher priority', async () => {
    await addNode('node-1');
    await addPod('low', { ...asking({ cpu: '2' }), priority: 1 });
    await addPod('lower', { ...asking({ cpu: '2' }), priority: 0 });
    await addPod('high', { ...asking({ cpu: '1' }), priority: 10 });
    expect((await getPod('high'))?.status?.nominatedNodeName).toBe('node-1');
    expect((await getPod('low'))?.metadata.deletionTimestamp).toBeUndefined();
    const victim = await getPod('lower');
    expect(victim?.metadata.deletionTimestamp).toBeDefined();
    expect(victim?.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        reason: 'PreemptionByScheduler',
        message: 'default-scheduler: preempting to accommodate a higher priority pod',
      }),
    );
    const uid = (await getPod('high'))!.metadata.uid;
    expect(await cluster.events()).toContain(`Normal Preempted Preempted by pod ${uid} on node node-1`);
    // Nobody else gets the room.
    await addPod('late', { ...asking({ cpu: '1' }), priority: 5 });
    await cluster.client.delete(refs.pods, 'lower', 'default', { gracePeriodSeconds: 0 });
    await cluster.settle();
    expect([await nodeOf('high'), await nodeOf('late')]).toEqual(['node-1', 'node-1']);
  });

  test('does not make room for a pod that does not want it', async () => {
    await addNode('node-1');
    await addPod('low', asking({ cpu: '4' }));
    await addPod('high', { ...asking({ cpu: '1' }), priority: 10, preemptionPolicy: 'Never' });
    expect((await getPod('low'))?.metadata.deletionTimestamp).toBeUndefined();
    expect((await condition('high'))?.message).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
    );
  });

  test('waits for scheduling gates', async () => {
    await addNode('node-1');
    await addPod('gated', { schedulingGates: [{ name: 'example.com/quota' }] });
    expect(await nodeOf('gated')).toBeUndefined();
    await cluster.client.patch(refs.pods, 'gated', 'default', 'merge', { spec: { schedulingGates: null } });
    await cluster.settle();
    expect(await nodeOf('gated')).toBe('node-1');
  });

  test('leaves pods of other schedulers alone', async () => {
    await addNode('node-1');
    await addPod('other', { schedulerName: 'mine' });
    expect(await nodeOf('other')).toBeUndefined();
  });

  test('counts pods as placed before the API server says so', async () => {
    await addNode('node-1', { cpu: '2' });
    const pods = Array.from({ length: 6 }, (_, i) =>
      cluster.createPod({ metadata: { name: `p${i}` }, spec: { ...asking({ cpu: '1' }) } as PodSpec }),
    );
    await Promise.all(pods);
    await cluster.settle();
    const placed = await Promise.all(pods.map((_, i) => nodeOf(`p${i}`)));
    expect(placed.filter(Boolean).length).toBe(2);
  });

  test('spreads pods of one kind over nodes', async () => {
    for (let i = 0; i < 4; i++) await addNode(`node-${i}`);
    await cluster.client.create(refs.services, {
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'web' }, clusterIP: 'None', ports: [{ port: 80 }] },
    });
    for (let i = 0; i < 8; i++)
      await addPod(`web-${i}`, {}, { metadata: { name: `web-${i}`, labels: { app: 'web' } } });
    const nodes = await Promise.all(Array.from({ length: 8 }, (_, i) => nodeOf(`web-${i}`)));
    expect([...new Set(nodes)].map((node) => nodes.filter((each) => each === node).length)).toEqual([
      2, 2, 2, 2,
    ]);
  });

  describe('with volumes', () => {
    const addClass = (name: string, provisioner: string) =>
      cluster.client.create(refs.storageClasses, {
        metadata: { name },
        provisioner,
        volumeBindingMode: 'WaitForFirstConsumer',
      });
    const addClaim = (name: string, storageClassName: string) =>
      cluster.client.create(refs.persistentVolumeClaims, {
        metadata: { name, namespace: 'default' },
        spec: {
          storageClassName,
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      });
    const addVolume = async (name: string, storageClassName: string, nodeAffinity?: VolumeNodeAffinity) => {
      await cluster.client.create(refs.persistentVolumes, {
        metadata: { name },
        spec: {
          storageClassName,
          capacity: { storage: '5Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/disk' },
          nodeAffinity,
        },
      });
      await cluster.settle();
    };
    const using = (claimName: string): Partial<PodSpec> => ({
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    });
    /** Stands for the volume controller. */
    const bindClaim = async (name: string, volumeName: string) => {
      const claim = await cluster.client.get(refs.persistentVolumeClaims, name, 'default');
      await cluster.client.update(refs.persistentVolumeClaims, {
        ...claim,
        metadata: {
          ...claim.metadata,
          annotations: { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' },
        },
        spec: { ...claim.spec, volumeName },
      });
      await cluster.settle();
    };

    test('has one made on the node that it chooses', async () => {
      await addNode('node-1');
      await addClass('fast', 'example.com/csi');
      await addClaim('data', 'fast');
      await addPod('db', using('data'));
      expect(await nodeOf('db')).toBeUndefined();
      const claim = await cluster.get<PersistentVolumeClaim>(refs.persistentVolumeClaims, 'data');
      expect(claim?.metadata.annotations?.['volume.kubernetes.io/selected-node']).toBe('node-1');
      await bindClaim('data', 'pv-1');
      expect(await nodeOf('db')).toBeUndefined();
      await addVolume('pv-1', 'fast');
      expect(await nodeOf('db')).toBe('node-1');
    });

    test('takes one that is there, on the node where it is', async () => {
      await addNode('node-1');
      await addNode('node-2', {}, { metadata: { name: 'node-2', labels: { disk: 'yes' } } as never });
      await addClass('local', 'kubernetes.io/no-provisioner');
      await addVolume('disk', 'local', {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['yes'] }] }],
        },
      });
      const volume = await cluster.client.get(refs.persistentVolumes, 'disk');
      await cluster.client.updateStatus(refs.persistentVolumes, {
        ...volume,
        status: { phase: 'Available' },
      });
      await addClaim('data', 'local');
      await addPod('db', using('data'));
      const bound = await cluster.get<PersistentVolume>(refs.persistentVolumes, 'disk');
      expect(bound?.spec.claimRef).toMatchObject({ namespace: 'default', name: 'data' });
      await bindClaim('data', 'disk');
      expect(await nodeOf('db')).toBe('node-2');
      await addClaim('more', 'local');
      await addPod('second', using('more'));
      expect((await condition('second'))?.message).toBe(
        "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
      );
    });

    test('waits for a claim that is not there', async () => {
      await addNode('node-1');
      await addPod('db', using('data'));
      expect((await condition('db'))?.message).toBe(
        '0/1 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
      );
      await addClass('fast', 'example.com/csi');
      await addClaim('data', 'fast');
      await addVolume('pv-1', 'fast');
      await bindClaim('data', 'pv-1');
      expect(await nodeOf('db')).toBe('node-1');
    });
  });
});
