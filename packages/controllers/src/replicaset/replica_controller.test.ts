import type { Pod, ReplicaSet } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, expect, test } from 'vitest';
import { podTemplate, startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { replicaSetController } from './index.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const replicaSet = (replicas: number) => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: podTemplate({ app: 'web' }) },
});

test('makes pods, reports them ready, and deletes those that are too many', async () => {
  cluster = await startCluster([replicaSetController]);
  await cluster.client.create(refs.replicaSets, replicaSet(5));
  await cluster.settle();
  expect(await cluster.names(refs.pods)).toHaveLength(5);
  await cluster.runPods();
  let set = (await cluster.get<ReplicaSet>(refs.replicaSets, 'web'))!;
  expect(set.status).toMatchObject({
    replicas: 5,
    readyReplicas: 5,
    availableReplicas: 5,
    observedGeneration: 1,
  });
  await cluster.client.update(refs.replicaSets, { ...set, spec: { ...set.spec, replicas: 2 } });
  await cluster.settle();
  expect(await cluster.names(refs.pods)).toHaveLength(2);
  set = (await cluster.get<ReplicaSet>(refs.replicaSets, 'web'))!;
  expect(set.status).toMatchObject({ replicas: 2, observedGeneration: 2 });
});

test('takes over matching pods and lets go of those that match no more', async () => {
  cluster = await startCluster([replicaSetController]);
  const orphan = await cluster.createPod({
    metadata: { name: 'orphan', labels: { app: 'web' } },
    ...podSpec,
  });
  await cluster.client.create(refs.replicaSets, replicaSet(1));
  await cluster.settle();
  expect(await cluster.names(refs.pods)).toEqual(['orphan']);
  const adopted = (await cluster.get<Pod>(refs.pods, 'orphan'))!;
  expect(adopted.metadata.ownerReferences).toMatchObject([
    { kind: 'ReplicaSet', name: 'web', controller: true },
  ]);
  await cluster.client.patch(refs.pods, 'orphan', 'default', 'merge', {
    metadata: { labels: { app: 'other' } },
  });
  await cluster.settle();
  expect(await cluster.names(refs.pods)).toHaveLength(2);
  const released = (await cluster.get<Pod>(refs.pods, 'orphan'))!;
  expect(released.metadata.ownerReferences ?? []).toEqual([]);
  expect(released.metadata.uid).toBe(orphan.metadata.uid);
});

const podSpec = { spec: podTemplate({}).spec };
