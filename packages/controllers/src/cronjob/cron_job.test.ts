import type { CronJob, Job } from '@kubets/api';
import { refs } from '@kubets/client';
import { readCronSchedule } from '@kubets/resources';
import { afterEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { cronJobController } from './index.ts';
import { nextTime } from './next_time.ts';
import { planCron } from './plan_cron.ts';
import { formatInZone, timeZone, utc } from './time_zone.ts';

describe('schedules', () => {
  test.each([
    ['* * * * *', '2026-01-01T00:00:30Z', '2026-01-01T00:01:00Z'],
    ['*/15 * * * *', '2026-01-01T00:14:59Z', '2026-01-01T00:15:00Z'],
    ['0 9-17/4 * * 1-5', '2026-01-02T17:30:00Z', '2026-01-05T09:00:00Z'],
    ['30 4 1,15 * *', '2026-01-01T05:00:00Z', '2026-01-15T04:30:00Z'],
    ['0 0 13 * fri', '2026-01-03T00:00:00Z', '2026-01-09T00:00:00Z'],
    ['0 0 31 * *', '2026-02-01T00:00:00Z', '2026-03-31T00:00:00Z'],
    ['0 0 29 feb ?', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['5/20 * * * *', '2026-01-01T00:26:00Z', '2026-01-01T00:45:00Z'],
    ['@hourly', '2026-01-01T00:30:00Z', '2026-01-01T01:00:00Z'],
    ['@weekly', '2026-01-01T00:30:00Z', '2026-01-04T00:00:00Z'],
    ['@every 1h30m', '2026-01-01T00:30:00Z', '2026-01-01T02:00:00Z'],
  ])('%s after %s', (text, after, expected) => {
    const next = nextTime(readCronSchedule(text), Date.parse(after), utc);
    expect(new Date(next!).toISOString()).toBe(new Date(expected).toISOString());
  });

  test('a day that never comes', () => {
    expect(nextTime(readCronSchedule('59 23 31 2 *'), Date.UTC(2026, 0, 1), utc)).toBeUndefined();
  });

  test.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['@never', 'unrecognized descriptor: @never'],
    ['', 'empty spec string'],
  ])('%j can not be read', (text, message) => {
    expect(() => readCronSchedule(text)).toThrow(message);
  });

  test.each([
    ['America/New_York', '0 9 * * *', '2026-01-01T15:00:00Z', '2026-01-02T14:00:00Z'],
    ['America/New_York', '0 9 * * *', '2026-07-01T15:00:00Z', '2026-07-02T13:00:00Z'],
    // 02:30 does not happen on 8 March 2026.
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00:00Z', '2026-03-09T06:30:00Z'],
    // 01:30 happens twice on 1 November 2026.
    ['America/New_York', '30 1 * * *', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
    ['Asia/Kolkata', '0 0 * * *', '2026-01-01T00:00:00Z', '2026-01-01T18:30:00Z'],
  ])('in %s %s after %s', (zone, text, after, expected) => {
    const next = nextTime(readCronSchedule(text), Date.parse(after), timeZone(zone));
    expect(new Date(next!).toISOString()).toBe(new Date(expected).toISOString());
  });

  test('times of a zone', () => {
    expect(formatInZone(Date.UTC(2026, 0, 1), timeZone('Asia/Kolkata'))).toBe('2026-01-01T05:30:00+05:30');
    expect(formatInZone(Date.UTC(2026, 0, 1), utc)).toBe('2026-01-01T00:00:00Z');
    expect(() => timeZone('Nowhere/Else')).toThrow(RangeError);
  });
});

describe('plans', () => {
  const now = Date.UTC(2026, 0, 1, 1, 0, 10);
  const next = (after: number) => nextTime(readCronSchedule('*/10 * * * *'), after, utc);
  const cronJob = (spec: object, status: object = {}) =>
    ({
      metadata: { name: 'c', creationTimestamp: '2026-01-01T00:35:00Z' },
      spec,
      status,
    }) as unknown as CronJob;
  const at = Date.UTC(2026, 0, 1, 1, 0);

  test.each([
    [
      'starts the most recent one',
      {},
      {},
      { action: 'start', scheduledAt: at, replace: false, missedMany: false },
    ],
    ['once', {}, { lastScheduleTime: '2026-01-01T01:00:00Z' }, { action: 'wait' }],
    ['not when too late', { startingDeadlineSeconds: 5 }, {}, { action: 'wait' }],
    [
      'not beside another',
      { concurrencyPolicy: 'Forbid' },
      { active: [{ name: 'x' }] },
      { action: 'wait', reason: 'alreadyActive' },
    ],
    [
      'instead of another',
      { concurrencyPolicy: 'Replace' },
      { active: [{ name: 'x' }] },
      { action: 'start', replace: true },
    ],
  ])('%s', (_, spec, status, expected) => {
    expect(planCron(cronJob(spec, status), next, now)).toMatchObject(expected);
  });

  test('after a long outage, the most recent one, with a warning', () => {
    const of = cronJob({}, { lastScheduleTime: '2025-06-01T00:00:00Z' });
    expect(planCron(of, next, now)).toMatchObject({ action: 'start', scheduledAt: at, missedMany: true });
  });
});

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test('starts jobs on time, keeps track of them and of its history', async () => {
  cluster = await startCluster([cronJobController]);
  const { client } = cluster;
  await client.create(refs.cronJobs, {
    metadata: { name: 'tick', namespace: 'default' },
    spec: {
      schedule: '*/5 * * * *',
      successfulJobsHistoryLimit: 1,
      jobTemplate: {
        metadata: { labels: { from: 'tick' } },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'c' }] } } },
      },
    },
  });
  const cronJob = async () => (await cluster!.get<CronJob>(refs.cronJobs, 'tick'))!;
  await cluster.advance(301_000);
  const minute = Date.UTC(2026, 0, 1, 0, 5) / 60_000;
  expect(await cluster.names(refs.jobs)).toEqual([`tick-${minute}`]);
  const job = (await cluster.get<Job>(refs.jobs, `tick-${minute}`))!;
  expect(job.metadata).toMatchObject({
    labels: { from: 'tick' },
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:05:00Z' },
    ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true }],
  });
  expect((await cronJob()).status).toMatchObject({
    active: [{ kind: 'Job', name: job.metadata.name, uid: job.metadata.uid }],
    lastScheduleTime: '2026-01-01T00:05:00Z',
  });
  const finish = async (name: string, completionTime: string) => {
    const of = (await cluster!.get<Job>(refs.jobs, name))!;
    const startTime = of.metadata.creationTimestamp;
    const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: completionTime,
    }));
    await client.updateStatus(refs.jobs, {
      ...of,
      status: { startTime, succeeded: 1, completionTime, conditions },
    });
    await cluster!.settle();
  };
  await finish(job.metadata.name, '2026-01-01T00:05:02Z');
  expect((await cronJob()).status).toMatchObject({ lastSuccessfulTime: '2026-01-01T00:05:02Z' });
  expect((await cronJob()).status?.active ?? []).toEqual([]);
  await cluster.advance(300_000);
  await finish(`tick-${minute + 5}`, '2026-01-01T00:10:02Z');
  expect(await cluster.names(refs.jobs)).toEqual([`tick-${minute + 5}`]);
  expect(await cluster.events()).toContain(
    `Normal SawCompletedJob Saw completed job: tick-${minute}, condition: Complete`,
  );
});
