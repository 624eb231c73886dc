import type { Deployment, ReplicaSet } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, expect, test } from 'vitest';
import { replicaSetController } from '../replicaset/index.ts';
import { podTemplate, startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { deploymentController } from './index.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const deployment = (spec: Partial<Deployment['spec']> = {}) => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: podTemplate({ app: 'web' }),
    ...spec,
  },
});

const current = async () => (await cluster.get<Deployment>(refs.deployments, 'web'))!;
const condition = (of: Deployment, type: string) => of.status?.conditions?.find((each) => each.type === type);
const sets = async () =>
  [...(await cluster.client.list(refs.replicaSets, { namespace: 'default' })).items].sort(
    (a, b) => revision(a) - revision(b),
  );
const revision = (set: ReplicaSet) => Number(set.metadata.annotations?.['deployment.kubernetes.io/revision']);

async function setImage(image: string) {
  const now = await current();
  const template = { ...now.spec.template, spec: { containers: [{ name: 'web', image }] } };
  await cluster.client.update(refs.deployments, { ...now, spec: { ...now.spec, template } });
  await cluster.settle();
}

/** Readies pods until nothing changes any more. */
async function rollOut() {
  for (let step = 0; step < 12; step++) await cluster.runPods();
}

test('rolls out, keeps its history, and goes back', async () => {
  cluster = await startCluster([deploymentController, replicaSetController]);
  await cluster.client.create(refs.deployments, deployment());
  await cluster.settle();
  expect(condition(await current(), 'Progressing')).toMatchObject({
    status: 'True',
    reason: 'ReplicaSetUpdated',
  });
  expect(condition(await current(), 'Available')).toMatchObject({ reason: 'MinimumReplicasUnavailable' });
  await rollOut();
  let now = await current();
  expect(now.status).toMatchObject({
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
  });
  expect(now.status?.unavailableReplicas).toBeUndefined();
  expect(now.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
  const [first] = await sets();
  expect(condition(now, 'Progressing')).toMatchObject({
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: `ReplicaSet "${first!.metadata.name}" has successfully progressed.`,
  });
  const hash = first!.metadata.labels!['pod-template-hash'];
  expect(first!.metadata.name).toBe(`web-${hash}`);
  expect(first!.spec.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash });

  await setImage('web:2');
  await rollOut();
  expect((await sets()).map((set) => [revision(set), set.spec.replicas])).toEqual([
    [1, 0],
    [2, 3],
  ]);
  now = await current();
  expect(now.status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });

  await setImage('web:1');
  await rollOut();
  expect((await sets()).map((set) => [revision(set), set.spec.replicas])).toEqual([
    [2, 0],
    [3, 3],
  ]);
  const again = (await sets())[1]!;
  expect(again.metadata.uid).toBe(first!.metadata.uid);
  expect(again.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
  expect((await current()).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  const events = await cluster.events();
  expect(events).toContain(`Normal ScalingReplicaSet Scaled up replica set web-${hash} from 0 to 3`);
});

test('never has fewer than allowed, and says when it makes no progress', async () => {
  cluster = await startCluster([deploymentController, replicaSetController]);
  await cluster.client.create(refs.deployments, deployment({ replicas: 4, progressDeadlineSeconds: 60 }));
  await cluster.settle();
  await rollOut();
  await setImage('broken');
  const [old, next] = await sets();
  // 25% of 4 up and down: one more, one fewer.
  expect([old!.spec.replicas, next!.spec.replicas]).toEqual([3, 2]);
  await cluster.advance(62_000);
  expect(condition(await current(), 'Progressing')).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `ReplicaSet "${next!.metadata.name}" has timed out progressing.`,
  });
});

test('Recreate waits until the old pods have gone', async () => {
  cluster = await startCluster([deploymentController, replicaSetController]);
  await cluster.client.create(refs.deployments, deployment({ strategy: { type: 'Recreate' } }));
  await cluster.settle();
  // On a node deletion is graceful: the pods stay until the kubelet has ended them.
  for (const pod of (await cluster.client.list(refs.pods)).items) {
    await cluster.client.createSubresource(refs.pods, pod.metadata.name, 'default', 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod.metadata.name },
      target: { kind: 'Node', name: 'n1' },
    });
  }
  await rollOut();
  const before = (await cluster.client.list(refs.pods)).items;
  await setImage('web:2');
  expect(await sets()).toHaveLength(1);
  for (const pod of before) {
    await cluster.client.delete(refs.pods, pod.metadata.name, 'default', { gracePeriodSeconds: 0 });
  }
  await cluster.settle();
  expect((await sets()).map((set) => set.spec.replicas)).toEqual([0, 3]);
});

test('history is cut to its limit, and a pause stops the rollout', async () => {
  cluster = await startCluster([deploymentController, replicaSetController]);
  await cluster.client.create(refs.deployments, deployment({ revisionHistoryLimit: 1 }));
  await cluster.settle();
  await rollOut();
  for (const image of ['web:2', 'web:3', 'web:4']) {
    await setImage(image);
    await rollOut();
  }
  expect((await sets()).map(revision)).toEqual([3, 4]);
  let now = await current();
  await cluster.client.update(refs.deployments, { ...now, spec: { ...now.spec, paused: true } });
  await cluster.settle();
  expect(condition(await current(), 'Progressing')).toMatchObject({
    status: 'Unknown',
    reason: 'DeploymentPaused',
  });
  await setImage('web:5');
  // No set is of the new template, so both are old now, and only one old one is kept.
  expect((await sets()).map(revision)).toEqual([4]);
  now = await current();
  await cluster.client.update(refs.deployments, { ...now, spec: { ...now.spec, replicas: 5 } });
  await cluster.settle();
  expect((await sets()).at(-1)!.spec.replicas).toBe(5);
});
