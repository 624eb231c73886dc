import type { Job, Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { ttlAfterFinishedController } from '../ttlafterfinished/index.ts';
import { jobController } from './index.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const create = (spec: Partial<Job['spec']>) =>
  cluster.client.create(refs.jobs, {
    metadata: { name: 'work', namespace: 'default' },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c' }] } },
      ...spec,
    },
  });
const job = async () => (await cluster.get<Job>(refs.jobs, 'work'))!;
const pods = async () => (await cluster.client.list(refs.pods, { namespace: 'default' })).items;
const active = async () =>
  (await pods()).filter(({ status }) => !['Succeeded', 'Failed'].includes(status!.phase!));
const conditions = async () =>
  (await job()).status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
const index = (pod: Pod) => pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'];

async function settle() {
  await cluster.advance(200);
}

async function end(pod: Pod, phase: 'Succeeded' | 'Failed', exitCode = phase === 'Failed' ? 1 : 0) {
  const finishedAt = new Date(cluster.clock.now()).toISOString().slice(0, 19) + 'Z';
  await cluster.setPod(pod, {
    phase,
    containerStatuses: [
      {
        name: 'c',
        image: 'c',
        imageID: 'c',
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode, finishedAt } },
      },
    ],
  });
}

test('runs to completion and counts each pod once', async () => {
  cluster = await startCluster([jobController]);
  await create({ completions: 3, parallelism: 2 });
  await settle();
  expect(await pods()).toHaveLength(2);
  expect((await job()).status).toMatchObject({ active: 2, ready: 0, terminating: 0 });
  for (let round = 0; round < 3; round++) {
    for (const pod of await active()) await end(pod, 'Succeeded');
    await settle();
  }
  expect(await conditions()).toEqual([
    'SuccessCriteriaMet=True CompletionsReached',
    'Complete=True CompletionsReached',
  ]);
  const { status } = await job();
  expect(status).toMatchObject({ succeeded: 3, uncountedTerminatedPods: {}, ready: 0 });
  expect(status?.completionTime).toBeDefined();
  expect(status?.active).toBeUndefined();
  for (const pod of await pods()) expect(pod.metadata.finalizers ?? []).toEqual([]);
  expect(await cluster.events()).toContain('Normal Completed Job completed');
});

test('failed pods are replaced with growing delays until the limit', async () => {
  cluster = await startCluster([jobController]);
  await create({ backoffLimit: 1 });
  await settle();
  await end((await active())[0]!, 'Failed');
  await settle();
  expect(await active()).toHaveLength(0);
  await cluster.advance(11_000);
  expect(await active()).toHaveLength(1);
  await end((await active())[0]!, 'Failed');
  await settle();
  expect(await conditions()).toEqual([
    'FailureTarget=True BackoffLimitExceeded',
    'Failed=True BackoffLimitExceeded',
  ]);
  expect((await job()).status).toMatchObject({ failed: 2 });
  const failed = (await job()).status?.conditions?.at(-1);
  expect(failed?.message).toBe('Job has reached the specified backoff limit');
});

test('an indexed job has one pod for each index, and replaces only those that failed', async () => {
  cluster = await startCluster([jobController]);
  await create({ completions: 3, parallelism: 3, completionMode: 'Indexed' });
  await settle();
  expect((await pods()).map(index).sort()).toEqual(['0', '1', '2']);
  const [first] = (await pods()).filter((pod) => index(pod) === '0');
  expect(first!.spec.hostname).toBe('work-0');
  expect(first!.metadata.name).toMatch(/^work-0-/);
  expect(first!.spec.containers[0]!.env).toMatchObject([
    {
      name: 'JOB_COMPLETION_INDEX',
      valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
    },
  ]);
  for (const pod of await active()) await end(pod, index(pod) === '1' ? 'Failed' : 'Succeeded');
  await settle();
  expect((await job()).status).toMatchObject({ completedIndexes: '0,2', succeeded: 2, failed: 1 });
  await cluster.advance(11_000);
  expect((await active()).map(index)).toEqual(['1']);
  await end((await active())[0]!, 'Succeeded');
  await settle();
  expect((await job()).status).toMatchObject({ completedIndexes: '0-2' });
  expect((await conditions())?.at(-1)).toBe('Complete=True CompletionsReached');
});

test('limits of failures by index: one index fails, the others go on', async () => {
  cluster = await startCluster([jobController]);
  await create({ completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 0 });
  await settle();
  for (const pod of await active()) await end(pod, index(pod) === '0' ? 'Failed' : 'Succeeded');
  await settle();
  expect((await job()).status).toMatchObject({ failedIndexes: '0', completedIndexes: '1' });
  expect(await conditions()).toEqual(['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes']);
});

test('a success policy ends the job early and stops the rest', async () => {
  cluster = await startCluster([jobController]);
  await create({
    completions: 3,
    parallelism: 3,
    completionMode: 'Indexed',
    successPolicy: { rules: [{ succeededIndexes: '0' }] },
  });
  await settle();
  for (const pod of await active()) if (index(pod) === '0') await end(pod, 'Succeeded');
  await settle();
  expect((await conditions())?.at(0)).toBe('SuccessCriteriaMet=True SuccessPolicy');
  await settle();
  expect((await conditions())?.at(-1)).toBe('Complete=True SuccessPolicy');
  expect(await active()).toHaveLength(0);
});

test('a failure policy ends the job at the first exit code that it names, and ignores others', async () => {
  cluster = await startCluster([jobController]);
  await create({
    backoffLimit: 0,
    podFailurePolicy: {
      rules: [
        { action: 'Ignore', onExitCodes: { operator: 'In', values: [7] } },
        { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
      ],
    },
  });
  await settle();
  await end((await active())[0]!, 'Failed', 7);
  await cluster.advance(11_000);
  expect((await job()).status?.failed).toBeUndefined();
  const [pod] = await active();
  await end(pod!, 'Failed', 42);
  await settle();
  expect(await conditions()).toEqual(['FailureTarget=True PodFailurePolicy', 'Failed=True PodFailurePolicy']);
  expect((await job()).status?.conditions?.at(-1)?.message).toBe(
    `Container c for pod default/${pod!.metadata.name} failed with exit code 42 matching FailJob rule at index 1`,
  );
});

test('suspended jobs have no pods; the deadline counts from when they go on', async () => {
  cluster = await startCluster([jobController]);
  await create({ suspend: true, activeDeadlineSeconds: 30 });
  await settle();
  expect(await pods()).toHaveLength(0);
  expect(await conditions()).toEqual(['Suspended=True JobSuspended']);
  expect((await job()).status?.startTime).toBeUndefined();
  await cluster.advance(60_000);
  await cluster.client.patch(refs.jobs, 'work', 'default', 'merge', { spec: { suspend: false } });
  await settle();
  expect(await conditions()).toEqual(['Suspended=False JobResumed']);
  expect(await pods()).toHaveLength(1);
  await cluster.advance(31_000);
  expect((await conditions())?.slice(1)).toEqual([
    'FailureTarget=True DeadlineExceeded',
    'Failed=True DeadlineExceeded',
  ]);
});

test('past the deadline, pods get the time that they ask for to end', async () => {
  cluster = await startCluster([jobController]);
  const containers = [{ name: 'c', image: 'c' }];
  await create({
    activeDeadlineSeconds: 1,
    template: { spec: { restartPolicy: 'Never', containers, nodeName: 'node-1' } },
  });
  await cluster.advance(3_000);
  const [pod] = await active();
  expect(pod?.metadata.deletionTimestamp).toBeDefined();
  expect(await conditions()).toEqual(['FailureTarget=True DeadlineExceeded']);
  await end(pod!, 'Failed');
  await settle();
  expect((await conditions())?.at(-1)).toBe('Failed=True DeadlineExceeded');
});

test('a finished job goes when its time to live has passed; pods of a deleted job can go', async () => {
  cluster = await startCluster([jobController, ttlAfterFinishedController]);
  await create({ ttlSecondsAfterFinished: 10 });
  await settle();
  const [pod] = await active();
  await end(pod!, 'Succeeded');
  await settle();
  expect((await conditions())?.at(-1)).toContain('Complete=True');
  await cluster.advance(11_000);
  expect((await job())?.metadata.deletionTimestamp ?? 'gone').toBeDefined();
  await cluster.client.delete(refs.jobs, 'work', 'default', { propagationPolicy: 'Orphan' }).catch(() => {});
  await settle();
  const [left] = await pods();
  expect(left?.metadata.finalizers ?? []).toEqual([]);
});
