import type { Pod, PodDisruptionBudget } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, describe, expect, test } from 'vitest';
import { replicaSetController } from '../replicaset/index.ts';
import { podTemplate, startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { disruptionController } from './index.ts';
import { planBudget } from './plan_budget.ts';

const now = Date.UTC(2026, 0, 1, 1);
describe('budgets', () => {
  const pods = (healthy: number, broken = 0) =>
    Array.from({ length: healthy + broken }, (_, i) => ({
      metadata: { name: `p${i}` },
      status: { conditions: [{ type: 'Ready', status: i < healthy ? 'True' : 'False' }] },
    })) as unknown as Pod[];
  const budget = (spec: object, status: object = {}) =>
    ({ metadata: { generation: 1 }, spec, status }) as unknown as PodDisruptionBudget;

  test.each([
    [
      { minAvailable: 2 },
      pods(3),
      3,
      { desiredHealthy: 2, expectedPods: 3, currentHealthy: 3, disruptionsAllowed: 1 },
    ],
    [{ minAvailable: 2 }, pods(1, 2), 3, { desiredHealthy: 2, currentHealthy: 1, disruptionsAllowed: 0 }],
    [{ minAvailable: '50%' }, pods(5), 5, { desiredHealthy: 3, disruptionsAllowed: 2 }],
    [{ maxUnavailable: 1 }, pods(4), 5, { desiredHealthy: 4, expectedPods: 5, disruptionsAllowed: 0 }],
    [{ maxUnavailable: '30%' }, pods(10), 10, { desiredHealthy: 7, disruptionsAllowed: 3 }],
    [{ minAvailable: 0 }, pods(0), 0, { expectedPods: 0, disruptionsAllowed: 0 }],
  ])('%j', (spec, of, scale, expected) => {
    expect(planBudget({ budget: budget(spec), pods: of, scale, now }).status).toMatchObject(expected);
  });

  test('a granted eviction counts until its pod goes, or for two minutes', () => {
    const granted = (at: string) => budget({ minAvailable: 1 }, { disruptedPods: { p0: at } });
    const fresh = planBudget({ budget: granted('2026-01-01T00:59:00Z'), pods: pods(2), scale: 2, now });
    expect(fresh.status).toMatchObject({ currentHealthy: 1, disruptedPods: { p0: '2026-01-01T00:59:00Z' } });
    expect(fresh.againAfterMs).toBe(60_001);
    const stale = planBudget({ budget: granted('2026-01-01T00:50:00Z'), pods: pods(2), scale: 2, now });
    expect(stale.status.currentHealthy).toBe(2);
    expect(stale.notDeleted).toHaveLength(1);
  });
});

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test('the status follows the pods and the size of their controller', async () => {
  cluster = await startCluster([disruptionController, replicaSetController]);
  const { client } = cluster;
  await client.create(refs.replicaSets, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: podTemplate({ app: 'web' }) },
  });
  await client.create(refs.podDisruptionBudgets, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
  });
  const status = async () =>
    (await cluster!.get<PodDisruptionBudget>(refs.podDisruptionBudgets, 'web'))!.status;
  await cluster.settle();
  expect(await status()).toMatchObject({ expectedPods: 3, currentHealthy: 0, disruptionsAllowed: 0 });
  await cluster.runPods();
  expect(await status()).toMatchObject({
    currentHealthy: 3,
    desiredHealthy: 2,
    disruptionsAllowed: 1,
    observedGeneration: 1,
    conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
  });
  await cluster.createPod({
    metadata: {
      name: 'alone',
      labels: { app: 'web' },
      ownerReferences: [
        { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: 'u', controller: true },
      ],
    },
    spec: podTemplate({}).spec,
  });
  await cluster.settle();
  expect((await status())?.conditions).toMatchObject([
    { status: 'False', reason: 'SyncFailed', message: 'found no controllers for pod "alone"' },
  ]);
});
