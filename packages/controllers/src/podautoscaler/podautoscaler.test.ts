import type { Deployment, HorizontalPodAutoscaler, Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, describe, expect, test } from 'vitest';
import { podTemplate, startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { podAutoscalerController } from './index.ts';
import {
  type CountContext,
  replicasByAverage,
  replicasByShare,
  replicasByUtilization,
  replicasByValue,
} from './replica_count.ts';
import { applyScalingRules, type ScalingHistory } from './scaling_rules.ts';

const now = Date.UTC(2026, 0, 1, 1);
const pod = (name: string, { ready = true, phase = 'Running', age = 3_600 } = {}) => {
  const time = new Date(now - age * 1000).toISOString();
  return {
    metadata: { name },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] },
    status: {
      phase,
      startTime: time,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: time }],
    },
  } as unknown as Pod;
};
const context = (pods: Pod[], currentReplicas = pods.length): CountContext => ({
  pods,
  currentReplicas,
  tolerances: { up: 0.1, down: 0.1 },
  now,
  cpuInitializationPeriodMs: 300_000,
  initialReadinessDelayMs: 30_000,
});
const samples = (usage: Record<string, number>) =>
  new Map(
    Object.entries(usage).map(([name, milliValue]) => [name, { milliValue, at: now, windowMs: 30_000 }]),
  );

describe('utilization of 50% of one CPU', () => {
  const count = (pods: Pod[], usage: Record<string, number>) =>
    replicasByUtilization({ ...context(pods), samples: samples(usage), resource: 'cpu', target: 50 })
      .replicas;
  test.each<[string, Pod[], Record<string, number>, number]>([
    ['as it should be', [pod('a'), pod('b')], { a: 500, b: 500 }, 2],
    ['within the tolerance', [pod('a'), pod('b')], { a: 540, b: 540 }, 2],
    ['twice too much', [pod('a'), pod('b')], { a: 1000, b: 1000 }, 4],
    ['too little', [pod('a'), pod('b'), pod('c')], { a: 100, b: 100, c: 100 }, 1],
    ['a silent pod damps growth', [pod('a'), pod('b')], { a: 1000 }, 2],
    ['a silent pod damps shrinking', [pod('a'), pod('b')], { a: 100 }, 2],
    ['a starting pod damps growth', [pod('a'), pod('b', { phase: 'Pending' })], { a: 2000 }, 4],
    [
      'a pod that just started is not believed',
      [pod('a'), pod('b', { age: 10, ready: false })],
      { a: 500, b: 3000 },
      2,
    ],
  ])('%s', (_, pods, usage, expected) => expect(count(pods, usage)).toBe(expected));

  test('needs requests and samples', () => {
    expect(() => count([], {})).toThrow('no pods returned by selector while calculating replica count');
    expect(() => count([pod('a')], {})).toThrow(
      'did not receive metrics for targeted pods (pods might be unready)',
    );
    const lazy = { ...pod('a'), spec: { containers: [{ name: 'c' }] } } as unknown as Pod;
    expect(() => count([lazy], { a: 1 })).toThrow('missing request for cpu in container c of Pod a');
  });
});

test('averages, one value for all, and shares', () => {
  const two = context([pod('a'), pod('b')]);
  expect(
    replicasByAverage({ ...two, samples: samples({ a: 30, b: 50 }), resource: '', targetMilli: 20 }),
  ).toEqual({
    replicas: 4,
    milliUsage: 40,
  });
  expect(replicasByValue(two, 300, 100)).toBe(6);
  expect(replicasByValue(two, 105, 100)).toBe(2);
  expect(replicasByShare(two, 2, 1_000, 100)).toEqual({ replicas: 10, milliUsage: 500 });
});

describe('rules', () => {
  const history = (...recommendations: [replicas: number, secondsAgo: number][]): ScalingHistory => ({
    recommendations: recommendations.map(([replicas, ago]) => ({ replicas, at: now - ago * 1000 })),
    added: [],
    removed: [],
  });
  const decide = (currentReplicas: number, recommended: number, of = history(), spec: object = {}) => {
    const autoscaler = { spec: { maxReplicas: 20, ...spec } } as unknown as HorizontalPodAutoscaler;
    const verdict = applyScalingRules({
      autoscaler,
      history: of,
      currentReplicas,
      recommended,
      minReplicas: 2,
      downscaleStabilizationMs: 300_000,
      now,
    });
    return [verdict.replicas, verdict.ableToScale.reason, verdict.scalingLimited.reason];
  };
  test('without a behavior', () => {
    expect(decide(3, 5)).toEqual([5, 'ReadyForNewScale', 'DesiredWithinRange']);
    expect(decide(3, 30)).toEqual([6, 'ReadyForNewScale', 'ScaleUpLimit']);
    expect(decide(15, 30)).toEqual([20, 'ReadyForNewScale', 'TooManyReplicas']);
    expect(decide(5, 1)).toEqual([2, 'ReadyForNewScale', 'TooFewReplicas']);
    expect(decide(5, 3, history([5, 200]))).toEqual([5, 'ScaleDownStabilized', 'DesiredWithinRange']);
    expect(decide(5, 3, history([5, 400]))).toEqual([3, 'ReadyForNewScale', 'DesiredWithinRange']);
  });
  test('with a behavior', () => {
    const slow = { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } } };
    expect(decide(5, 10, history(), slow)).toEqual([6, 'ReadyForNewScale', 'ScaleUpLimit']);
    const done = history();
    done.added.push({ replicas: 1, at: now - 30_000 });
    expect(decide(6, 10, done, slow)).toEqual([6, 'ReadyForNewScale', 'ScaleUpLimit']);
    const fixed = { behavior: { scaleDown: { selectPolicy: 'Disabled' } } };
    expect(decide(5, 3, history(), fixed)).toEqual([5, 'ReadyForNewScale', 'ScaleDownLimit']);
    const careful = {
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 0,
          policies: [{ type: 'Percent', value: 20, periodSeconds: 60 }],
        },
      },
    };
    expect(decide(10, 3, history([10, 60]), careful)).toEqual([8, 'ReadyForNewScale', 'ScaleDownLimit']);
    const patient = { behavior: { scaleUp: { stabilizationWindowSeconds: 120 } } };
    expect(decide(5, 9, history([5, 60]), patient)).toEqual([5, 'ScaleUpStabilized', 'DesiredWithinRange']);
  });
});

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test('without a metrics API it says so, but keeps to its bounds', async () => {
  cluster = await startCluster([podAutoscalerController]);
  const { client } = cluster;
  await client.create(refs.deployments, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 9, selector: { matchLabels: { app: 'web' } }, template: podTemplate({ app: 'web' }) },
  });
  await client.create(refs.horizontalPodAutoscalers, {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      maxReplicas: 4,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    },
  });
  await cluster.settle();
  const conditions = async () => {
    const { status } = (await cluster!.get<HorizontalPodAutoscaler>(refs.horizontalPodAutoscalers, 'web'))!;
    return Object.fromEntries(status!.conditions!.map(({ type, ...rest }) => [type, rest]));
  };
  expect((await cluster.get<Deployment>(refs.deployments, 'web'))?.spec.replicas).toBe(4);
  expect((await conditions()).AbleToScale).toMatchObject({ status: 'True', reason: 'SucceededRescale' });
  expect(await cluster.events()).toContain(
    'Normal SuccessfulRescale New size: 4; reason: Current number of replicas above Spec.MaxReplicas',
  );
  await cluster.advance(15_000);
  const message =
    'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource ' +
    'metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
  expect((await conditions()).ScalingActive).toMatchObject({
    status: 'False',
    reason: 'FailedGetResourceMetric',
    message: `the HPA was unable to compute the replica count: ${message}`,
  });
  expect(await cluster.events()).toContain(
    `Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${message}`,
  );
});
