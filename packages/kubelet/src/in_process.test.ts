// The kubelet on the simulated runtime, against the real API server in the same thread.
import type { Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, describe, expect, test } from 'vitest';
import { type SimulatedCluster, startSimulatedCluster } from './testing/simulated_cluster.ts';

let cluster: SimulatedCluster;
afterEach(() => cluster.stop());

const app = { name: 'app', image: 'example.com/app:1' };
const pod = (spec: object = {}, metadata: object = {}) => ({
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec: { nodeName: 'node-1', containers: [app], ...spec },
});
const get = (name = 'web') => cluster.client.get(refs.pods, name, 'default');
const create = async (spec: object = {}, metadata: object = {}) => {
  await cluster.client.create(refs.pods, pod(spec, metadata));
  await cluster.advance(1);
};
const state = ({ status }: Pod) => {
  const [first] = status?.containerStatuses ?? [];
  const { waiting, running, terminated } = first?.state ?? {};
  const word = waiting?.reason ?? (running ? 'Running' : terminated ? terminated.reason : 'none');
  return `${status?.phase} ${word} ${first?.restartCount}`;
};
const events = async () =>
  (await cluster.client.list(refs.events)).items
    .filter(({ involvedObject }) => involvedObject.kind === 'Pod')
    .map(({ reason }) => reason)
    .sort();

test('the node is ready and has its lease', async () => {
  cluster = await startSimulatedCluster();
  await cluster.advance(15);
  const node = await cluster.client.get(refs.nodes, 'node-1');
  expect(node.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'MemoryPressure=False',
    'DiskPressure=False',
    'PIDPressure=False',
    'Ready=True',
  ]);
  expect(node.metadata.labels).toMatchObject({
    'kubernetes.io/hostname': 'node-1',
    'kubernetes.io/os': 'linux',
  });
  const lease = await cluster.client.get(refs.leases, 'node-1', 'kube-node-lease');
  expect(lease.spec).toMatchObject({ holderIdentity: 'node-1', leaseDurationSeconds: 40 });
  expect(lease.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Node', uid: node.metadata.uid });
  const renewed = lease.spec?.renewTime;
  await cluster.advance(15);
  expect((await cluster.client.get(refs.leases, 'node-1', 'kube-node-lease')).spec?.renewTime).not.toBe(
    renewed,
  );
});

test('a resource that someone gives the node can be had, until it is taken away', async () => {
  cluster = await startSimulatedCluster();
  await cluster.advance(1);
  const capacity = async (value: string | null) => {
    const patch = { status: { capacity: { 'example.com/gpu': value } } };
    await cluster.client.patch(refs.nodes, 'node-1', undefined, 'strategic', patch, {
      subresource: 'status',
    });
    await cluster.advance(12);
    return (await cluster.client.get(refs.nodes, 'node-1')).status?.allocatable?.['example.com/gpu'];
  };
  expect(await capacity('2')).toBe('2');
  expect(await capacity(null)).toBeUndefined();
});

test('a node that is deleted comes back', async () => {
  cluster = await startSimulatedCluster();
  await cluster.advance(1);
  await cluster.client.delete(refs.nodes, 'node-1');
  await cluster.advance(12);
  expect((await cluster.client.get(refs.nodes, 'node-1')).status?.conditions?.at(-1)).toMatchObject({
    type: 'Ready',
    status: 'True',
  });
});

test('a pod runs and is deleted', async () => {
  cluster = await startSimulatedCluster();
  await create();
  const running = await get();
  expect(running.status).toMatchObject({ phase: 'Running', podIP: '10.244.0.2', hostIP: '192.168.0.1' });
  expect(running.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  expect(await events()).toEqual(['Created', 'Pulled', 'Started']);

  await cluster.client.delete(refs.pods, 'web', 'default');
  await cluster.advance(2);
  expect((await cluster.client.list(refs.pods)).items).toEqual([]);
  await cluster.advance(1);
  expect(cluster.kubelet.pods.size).toBe(0);
  expect(await cluster.runtime.listPodSandboxes()).toEqual([]);
});

test('a container that keeps failing waits longer each time', async () => {
  cluster = await startSimulatedCluster();
  await create({ containers: [{ ...app, command: ['sh', '-c', 'sleep 2; exit 1'] }] });
  const seen: string[] = [];
  for (let second = 0; second < 60; second++) {
    const now = state(await get());
    if (now !== seen.at(-1)) seen.push(now);
    await cluster.advance(1);
  }
  expect(seen).toEqual([
    'Running Running 0',
    'Running Running 1',
    'Running CrashLoopBackOff 1',
    'Running Running 2',
    'Running CrashLoopBackOff 2',
    'Running Running 3',
    'Running CrashLoopBackOff 3',
  ]);
});

test('a pod that runs once', async () => {
  cluster = await startSimulatedCluster();
  await create({ restartPolicy: 'Never', containers: [{ ...app, command: ['sleep', '10'] }] });
  expect(state(await get())).toBe('Running Running 0');
  await cluster.advance(11);
  const ended = await get();
  expect(state(ended)).toBe('Succeeded Completed 0');
  expect(ended.status?.podIP).toBe('10.244.0.2');
  expect(ended.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'PodCompleted',
  });
  // Its address is free again, though its containers stay for their logs.
  const [sandbox] = await cluster.runtime.listPodSandboxes();
  expect(sandbox?.state).toBe(1);
  expect(await cluster.runtime.listContainers()).toHaveLength(1);
  await cluster.client.delete(refs.pods, 'web', 'default');
  await cluster.advance(2);
  expect(await cluster.runtime.listContainers()).toEqual([]);
});

test('init containers, sidecars and containers in order', async () => {
  cluster = await startSimulatedCluster();
  await create({
    restartPolicy: 'Never',
    initContainers: [
      { name: 'one', image: 'x:1', command: ['sleep', '5'] },
      { name: 'side', image: 'x:1', restartPolicy: 'Always' },
      { name: 'two', image: 'x:1', command: ['sleep', '5'] },
    ],
    containers: [{ ...app, command: ['sleep', '5'] }],
  });
  const phases: string[] = [];
  for (let i = 0; i < 5; i++) {
    const { status } = await get();
    const started = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
      .filter(({ state: each }) => each?.running)
      .map(({ name }) => name);
    phases.push(`${status?.phase}:${started.join('+')}`);
    await cluster.advance(5);
  }
  expect(phases).toEqual(['Pending:one', 'Pending:side+two', 'Running:side+app', 'Succeeded:', 'Succeeded:']);
});

test('a pod that starts over as a whole', async () => {
  cluster = await startSimulatedCluster();
  const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }];
  await create({
    restartPolicy: 'Never',
    initContainers: [{ name: 'setup', image: 'x:1', command: ['true'] }],
    containers: [
      {
        ...app,
        command: ['sh', '-c', 'sleep 5; exit 42'],
        restartPolicy: 'Never',
        restartPolicyRules: rules,
      },
      { name: 'log', image: 'x:1' },
    ],
  });
  const before = await get();
  await cluster.advance(6);
  const after = await get();
  expect(after.status?.phase).toBe('Running');
  const ids = ({ status }: Pod) =>
    [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
      ({ containerID }) => containerID,
    );
  expect(ids(after).filter((id) => ids(before).includes(id))).toEqual([]);
  expect(after.status?.containerStatuses?.map(({ lastState }) => lastState?.terminated?.exitCode)).toEqual([
    42, 137,
  ]);
  expect(after.status?.podIP).toBe(before.status?.podIP);
});

test('a sidecar may make its pod start over, of which nothing would come back by itself', async () => {
  cluster = await startSimulatedCluster();
  const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }];
  const restartPolicy = 'Always';
  await create({
    restartPolicy: 'Never',
    initContainers: [
      { name: 'setup', image: 'x:1', command: ['true'] },
      { name: 'side', image: 'x:1', restartPolicy },
      {
        name: 'source',
        image: 'x:1',
        command: ['sh', '-c', 'sleep 5; exit 42'],
        restartPolicy,
        restartPolicyRules: rules,
      },
    ],
  });
  const ids = async () => {
    const { status } = await get();
    const all = [...status!.initContainerStatuses!, ...status!.containerStatuses!];
    return [status?.phase, ...all.map(({ containerID }) => containerID)];
  };
  const before = await ids();
  await cluster.advance(8);
  const after = await ids();
  expect([before[0], after[0]]).toEqual(['Running', 'Running']);
  expect(after.slice(1).filter((id) => id === undefined || before.includes(id))).toEqual([]);
});

test('what a pod needs may come later', async () => {
  cluster = await startSimulatedCluster();
  await create({
    containers: [
      { ...app, env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'late', key: 'x' } } }] },
    ],
  });
  expect(state(await get())).toBe('Pending CreateContainerConfigError 0');
  await cluster.client.create(refs.configMaps, {
    metadata: { name: 'late', namespace: 'default' },
    data: { x: '1' },
  });
  await cluster.advance(1);
  expect(state(await get())).toBe('Running Running 0');
});

test('an image that can\u2019t be pulled', async () => {
  const missing = new Set(['example.com/app:1']);
  cluster = await startSimulatedCluster({ missing: (image) => missing.has(image) });
  await create();
  expect(state(await get())).toBe('Pending ErrImagePull 0');
  await cluster.advance(6);
  expect(state(await get())).toBe('Pending ImagePullBackOff 0');
  missing.clear();
  await cluster.advance(10);
  expect(state(await get())).toBe('Running Running 0');
});

test('a node without a network lets pods wait', async () => {
  let network = false;
  cluster = await startSimulatedCluster({ network: () => network });
  await create();
  expect(state(await get())).toBe('Pending ContainerCreating 0');
  expect(await events()).toContain('NetworkNotReady');
  network = true;
  await cluster.advance(6);
  expect(state(await get())).toBe('Running Running 0');
});

describe('probes', () => {
  test('liveness restarts a container', async () => {
    let healthy = true;
    cluster = await startSimulatedCluster({ http: () => (healthy ? 200 : 500) });
    const livenessProbe = { httpGet: { port: 80 }, periodSeconds: 5, failureThreshold: 2 };
    await create({ containers: [{ ...app, livenessProbe }] });
    await cluster.advance(20);
    expect(state(await get())).toBe('Running Running 0');
    healthy = false;
    await cluster.advance(11);
    healthy = true;
    await cluster.advance(5);
    expect(state(await get())).toBe('Running Running 1');
    expect(await events()).toEqual(expect.arrayContaining(['Unhealthy', 'Killing']));
  });

  test('readiness comes and goes', async () => {
    let status = 500;
    cluster = await startSimulatedCluster({ http: () => status });
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 1 };
    await create({ containers: [{ ...app, readinessProbe }] });
    const ready = async () => (await get()).status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    await cluster.advance(3);
    expect(await ready()).toBe('False');
    status = 200;
    await cluster.advance(2);
    expect(await ready()).toBe('True');
    status = 500;
    await cluster.advance(2);
    expect(await ready()).toBe('False');
  });
});

test('activeDeadlineSeconds ends a pod', async () => {
  cluster = await startSimulatedCluster();
  await create({ activeDeadlineSeconds: 30 });
  await cluster.advance(28);
  expect(state(await get())).toBe('Running Running 0');
  await cluster.advance(5);
  expect((await get()).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});

test('a pod that the node can\u2019t take', async () => {
  cluster = await startSimulatedCluster();
  await create({ containers: [{ ...app, resources: { requests: { cpu: '5' } } }] });
  const { status } = await get();
  expect(status).toMatchObject({
    phase: 'Failed',
    reason: 'OutOfcpu',
    message:
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
  });
  expect(status?.containerStatuses).toBeUndefined();
  await cluster.client.delete(refs.pods, 'web', 'default');
  await cluster.advance(2);
  expect(cluster.kubelet.pods.size).toBe(0);
});

test('pods that are turned away or deleted by force take nothing from others', async () => {
  cluster = await startSimulatedCluster();
  const asking = (cpu: string) => [{ ...app, resources: { requests: { cpu } } }];
  await create({ containers: asking('3') }, { name: 'first' });
  await create({ containers: asking('2') }, { name: 'refused' });
  await create({ containers: asking('1') }, { name: 'second' });
  expect((await get('refused')).status?.reason).toBe('OutOfcpu');
  expect(state(await get('second'))).toBe('Running Running 0');
  await cluster.client.delete(refs.pods, 'first', 'default', { gracePeriodSeconds: 0 });
  await create({ containers: asking('3') }, { name: 'third' });
  await cluster.advance(1);
  expect(state(await get('third'))).toBe('Running Running 0');
});

test('a pod for what the node was just given', async () => {
  cluster = await startSimulatedCluster();
  const node = {
    metadata: { labels: { disk: 'fast' } },
    status: { allocatable: { 'example.com/gpu': '1' } },
  };
  await cluster.client.patch(refs.nodes, 'node-1', undefined, 'merge', node);
  await create({ nodeSelector: { disk: 'fast' } });
  await cluster.advance(1);
  expect(state(await get())).toBe('Running Running 0');
});

test('what others write over is put right', async () => {
  cluster = await startSimulatedCluster();
  await create();
  const patch = {
    status: { phase: 'Pending', podIP: '1.2.3.4', conditions: [{ type: 'example.com/x', status: 'True' }] },
  };
  await cluster.client.patch(refs.pods, 'web', 'default', 'strategic', patch, { subresource: 'status' });
  await cluster.advance(1);
  const { status } = await get();
  expect(status).toMatchObject({ phase: 'Running', podIP: '10.244.0.2' });
  expect(status?.conditions?.map(({ type }) => type)).toContain('example.com/x');
});

test('a pod of the same name is another pod', async () => {
  cluster = await startSimulatedCluster();
  await create();
  const before = await get();
  await cluster.client.delete(refs.pods, 'web', 'default', { gracePeriodSeconds: 0 });
  await create();
  const after = await get();
  expect(after.metadata.uid).not.toBe(before.metadata.uid);
  expect(state(after)).toBe('Running Running 0');
  await cluster.advance(5);
  expect(await cluster.runtime.listPodSandboxes()).toHaveLength(1);
});

test('a kubelet that restarts goes on where the other stopped', async () => {
  cluster = await startSimulatedCluster();
  await create({ containers: [{ ...app, command: ['sh', '-c', 'sleep 100; exit 1'] }] });
  await cluster.advance(101);
  const before = await get();
  expect(state(before)).toBe('Running Running 1');
  await cluster.restartKubelet();
  await cluster.advance(5);
  expect((await get()).status?.containerStatuses).toEqual(before.status?.containerStatuses);
  await cluster.advance(100);
  expect((await get()).status?.containerStatuses?.[0]?.restartCount).toBe(2);
});

test('what nobody knows is ended', async () => {
  cluster = await startSimulatedCluster();
  await create();
  await cluster.restartKubelet(async () => {
    await cluster.client.delete(refs.pods, 'web', 'default', { gracePeriodSeconds: 0 });
  });
  await cluster.advance(5);
  expect(await cluster.runtime.listContainers()).toEqual([]);
  expect(await cluster.runtime.listPodSandboxes()).toEqual([]);
});

test('a resize is granted, or waits for its turn', async () => {
  cluster = await startSimulatedCluster();
  const sized = (cpu: string) => ({
    containers: [{ ...app, resources: { requests: { cpu }, limits: { cpu } } }],
  });
  await create(sized('1'));
  await cluster.client.create(refs.pods, pod(sized('2'), { name: 'other' }));
  await cluster.advance(1);
  const resize = (cpu: string) =>
    cluster.client.patch(
      refs.pods,
      'web',
      'default',
      'strategic',
      { spec: { containers: [{ name: 'app', resources: { requests: { cpu }, limits: { cpu } } }] } },
      { subresource: 'resize' },
    );
  const resizeConditions = async () =>
    (await get()).status?.conditions
      ?.filter(({ type }) => type.startsWith('PodResize'))
      .map(({ reason }) => reason);
  const granted = async () => (await get()).status?.containerStatuses?.[0]?.allocatedResources?.['cpu'];
  await resize('2');
  await cluster.advance(1);
  expect(await granted()).toBe('2');
  expect(await resizeConditions()).toEqual([]);
  await resize('3');
  await cluster.advance(1);
  expect(await granted()).toBe('2');
  expect(await resizeConditions()).toEqual(['Deferred']);
  await cluster.client.delete(refs.pods, 'other', 'default');
  await cluster.advance(3);
  expect(await granted()).toBe('3');
  expect(await resizeConditions()).toEqual([]);
  await resize('9');
  await cluster.advance(1);
  expect(await resizeConditions()).toEqual(['Infeasible']);
  expect(await events()).toEqual(
    expect.arrayContaining(['ResizeStarted', 'ResizeCompleted', 'ResizeDeferred', 'ResizeInfeasible']),
  );
  expect(state(await get())).toBe('Running Running 0');
});
