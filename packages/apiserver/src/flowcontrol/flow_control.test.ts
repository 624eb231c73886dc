import type { UserInfo } from '@kubets/api';
import { FakeClock } from '@kubets/base';
import { afterEach, describe, expect, test } from 'vitest';
import { parseRequestInfo } from '../request_info.ts';
import { startTestServer, type TestServer } from '../testing/test_server.ts';
import { bootstrapFlowControl } from './bootstrap_objects.ts';
import { byPrecedence, classify, type FlowSchema, flowOf } from './classify.ts';
import { lendSeats, type PriorityLevel, seatLimits } from './concurrency.ts';
import { FairQueue } from './fair_queue.ts';
import { FlowControl } from './flow_control.ts';
import { dealHand } from './shuffle_shard.ts';
import { estimateSeats } from './work_estimate.ts';

const objects = bootstrapFlowControl().map(({ resource, name, spec }) => ({
  resource,
  metadata: { name },
  spec,
}));
const schemas = objects
  .filter(({ resource }) => resource === 'flowschemas')
  .map((each) => each as unknown as FlowSchema)
  .sort(byPrecedence);
const levels = objects
  .filter(({ resource }) => resource === 'prioritylevelconfigurations')
  .map((each) => each as unknown as PriorityLevel);

function infoOf(method: string, target: string) {
  const url = new URL(target, 'http://test');
  return parseRequestInfo(method, url.pathname, url.searchParams);
}

const members = (username: string, ...groups: string[]): UserInfo => ({
  username,
  groups: [...groups, 'system:authenticated'],
});

describe('classification', () => {
  test.each([
    ['admin', ['system:masters'], 'GET', '/api/v1/pods', 'exempt', ''],
    ['jane', [], 'GET', '/healthz', 'probes', ''],
    ['jane', [], 'GET', '/version', 'global-default', 'jane'],
    ['jane', [], 'GET', '/api/v1/pods', 'global-default', 'jane'],
    ['system:node:n', ['system:nodes'], 'PUT', '/api/v1/nodes/n/status', 'system-node-high', 'system:node:n'],
    ['system:node:n', ['system:nodes'], 'GET', '/api/v1/pods', 'system-nodes', 'system:node:n'],
    [
      'system:kube-scheduler',
      [],
      'PUT',
      '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler',
      'system-leader-election',
      'system:kube-scheduler',
    ],
    ['system:kube-scheduler', [], 'GET', '/api/v1/namespaces/a/pods', 'kube-scheduler', 'a'],
    [
      'system:serviceaccount:kube-system:x',
      ['system:serviceaccounts'],
      'GET',
      '/api/v1/namespaces/b/pods',
      'kube-system-service-accounts',
      'b',
    ],
    [
      'system:serviceaccount:a:x',
      ['system:serviceaccounts'],
      'GET',
      '/api/v1/pods',
      'service-accounts',
      'system:serviceaccount:a:x',
    ],
  ])('%s %j %s %s: %s', (username, groups, method, path, schema, flow) => {
    const user = members(username, ...groups);
    const info = infoOf(method, path);
    const found = classify(schemas, user, info)!;
    expect(found.metadata.name).toBe(schema);
    expect(flowOf(found, user, info)).toBe(flow);
  });

  test('a group that no schema names', () => {
    expect(classify(schemas, { username: 'x', groups: [] }, infoOf('GET', '/api'))).toBeUndefined();
  });
});

describe('seats', () => {
  test('by shares, as upstream computes them for 600', () => {
    expect(Object.fromEntries(seatLimits(levels, 600))).toMatchObject({
      exempt: { nominal: 0, lower: 0 },
      'catch-all': { nominal: 13, lower: 13 },
      system: { nominal: 74, lower: 50 },
      'node-high': { nominal: 98, lower: 73 },
      'leader-election': { nominal: 25, lower: 25 },
      'workload-high': { nominal: 98, lower: 49 },
      'workload-low': { nominal: 245, lower: 24, upper: 845 },
      'global-default': { nominal: 49, lower: 24 },
    });
  });

  const limits = (nominal: number, lower: number, upper: number) => ({ nominal, lower, upper });

  test.each([
    ['whoever wants more borrows', [0, 100], [10, 90]],
    ['the same wants, the same seats', [50, 50], [50, 50]],
    ['nobody gets less than it keeps', [100, 0], [90, 10]],
  ])('%s', (_, wanted, expected) => {
    const demands = wanted.map((each) => ({ limits: limits(50, 10, 100), wanted: each }));
    const seats = lendSeats(demands, 100);
    expect(seats.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(100);
    for (const [i, each] of seats.entries()) expect(Math.abs(each - expected[i]!)).toBeLessThanOrEqual(1);
  });

  test.each([
    ['GET', '/api/v1/namespaces/a/pods/p', 5000, 1],
    ['GET', '/api/v1/pods', 5, 1],
    ['GET', '/api/v1/pods', 450, 5],
    ['GET', '/api/v1/pods', 50_000, 10],
    ['GET', '/api/v1/pods?limit=200', 50_000, 2],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Dp', 50_000, 1],
    ['GET', '/api/v1/pods?watch=1&resourceVersion=7', 50_000, 1],
    ['GET', '/api/v1/pods?watch=1', 50_000, 10],
  ])('%s %s of %i objects: %i', (method, path, stored, seats) => {
    expect(estimateSeats(infoOf(method, path), new URL(path, 'http://t').searchParams, stored)).toBe(seats);
  });
});

test('hands are different queues, the same each time', () => {
  for (const flow of ['a', 'b', 'c', 'system:node:n1']) {
    const hand = dealHand(flow, 64, 6);
    expect(new Set(hand).size).toBe(6);
    expect(hand.every((card) => card >= 0 && card < 64)).toBe(true);
    expect(dealHand(flow, 64, 6)).toEqual(hand);
  }
  expect(dealHand('a', 4, 4).sort()).toEqual([0, 1, 2, 3]);
});

describe('fair queue', () => {
  const options = { queues: 8, handSize: 1, queueLengthLimit: 3 };
  const flows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `flow ${n}`);
  const apart = () => {
    const [first] = flows;
    const other = flows.find((flow) => dealHand(flow, 8, 1)[0] !== dealHand(first!, 8, 1)[0]);
    return [first!, other!] as const;
  };

  test('flows take turns, however many requests one has', () => {
    const queue = new FairQueue(1, options);
    const started: string[] = [];
    const [a, b] = apart();
    const add = (flow: string, name: string) =>
      queue.add({ flow, seats: 1, start: () => started.push(name) });
    expect(add(a, 'a1')).toBe('started');
    for (const name of ['a2', 'a3', 'a4']) expect(add(a, name)).toBe('waiting');
    expect(add(a, 'a5')).toBe('queue-full');
    expect(add(b, 'b1')).toBe('waiting');
    for (let i = 0; i < 4; i++) queue.finish(1);
    expect(started.indexOf('b1')).toBeLessThan(3);
    expect(started).toHaveLength(5);
  });

  test('without queues the limit is the end', () => {
    const queue = new FairQueue(1, { queues: 0, handSize: 0, queueLengthLimit: 0 });
    const request = { flow: 'a', seats: 1, start() {} };
    expect(queue.add(request)).toBe('started');
    expect(queue.add({ ...request })).toBe('concurrency-limit');
    queue.finish(1);
    expect(queue.add({ ...request })).toBe('started');
  });

  test('a wide request starts alone, others when their seats are free', () => {
    const queue = new FairQueue(2, options);
    const started: number[] = [];
    const add = (seats: number) => queue.add({ flow: 'a', seats, start: () => started.push(seats) });
    expect(add(5)).toBe('started');
    expect(add(2)).toBe('waiting');
    expect(queue.takeDemand()).toBe(7);
    queue.finish(5);
    expect(started).toEqual([5, 2]);
    expect([queue.executing, queue.executingSeats, queue.waiting]).toEqual([1, 2, 0]);
  });

  test('who gives up leaves its place', () => {
    const queue = new FairQueue(1, options);
    queue.add({ flow: 'a', seats: 1, start() {} });
    const waiting = { flow: 'a', seats: 1, start() {} };
    queue.add(waiting);
    expect(queue.cancel(waiting)).toBe(true);
    expect(queue.cancel(waiting)).toBe(false);
    expect(queue.waiting).toBe(0);
  });
});

test('a request waits fifteen seconds at most, and not for a client that has gone', async () => {
  const clock = new FakeClock();
  const reader = { get: () => undefined, list: () => [] };
  const control = new FlowControl({ reader, clock, seats: 1 });
  const user = members('jane');
  const info = infoOf('GET', '/api/v1/pods');
  const classification = control.classify(user, info);
  // Without objects only the mandatory ones are in force: the catch-all, which has no queue.
  expect(classification.schema.metadata.name).toBe('catch-all');
  const admit = () => control.admit(classification, { user, info, seats: 1, caller: new AbortController() });
  expect(admit()).toMatchObject({ type: 'started', waitedMs: 0 });
  expect(admit()).toEqual({ type: 'rejected', reason: 'concurrency-limit' });
});

describe('the objects', () => {
  let api: TestServer;
  afterEach(() => api.stop());
  const path = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const merge = { headers: { 'content-type': 'application/merge-patch+json' } };

  test('are there, mended when mandatory, left alone when taken over', async () => {
    api = await startTestServer();
    expect(await api.names(`${path}/flowschemas`)).toHaveLength(11);
    expect(await api.names(`${path}/prioritylevelconfigurations`)).toHaveLength(8);
    await api.send('DELETE', `${path}/flowschemas/catch-all`);
    await api.send('DELETE', `${path}/prioritylevelconfigurations/workload-low`);
    const spec = { matchingPrecedence: 777 };
    await api.send('PATCH', `${path}/flowschemas/probes`, { spec }, merge);
    const metadata = { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } };
    await api.send('PATCH', `${path}/flowschemas/service-accounts`, { metadata, spec }, merge);
    await api.clock.advance(10_000);
    expect(await api.names(`${path}/flowschemas`)).toContain('catch-all');
    expect(await api.names(`${path}/prioritylevelconfigurations`)).toContain('workload-low');
    const precedence = async (name: string) =>
      (await api.send('GET', `${path}/flowschemas/${name}`)).spec.matchingPrecedence;
    expect(await precedence('probes')).toBe(2);
    expect(await precedence('service-accounts')).toBe(777);
  });

  test('a schema that points nowhere says so', async () => {
    api = await startTestServer();
    await api.send('POST', `${path}/flowschemas`, {
      metadata: { name: 'lost' },
      spec: { priorityLevelConfiguration: { name: 'nothing' } },
    });
    await api.clock.advance(10_000);
    expect((await api.send('GET', `${path}/flowschemas/lost`)).status.conditions).toMatchObject([
      {
        type: 'Dangling',
        status: 'True',
        reason: 'NotFound',
        message:
          'This FlowSchema references the PriorityLevelConfiguration object named "nothing" but there is no such object',
      },
    ]);
    const healthy = await api.send('GET', `${path}/flowschemas/exempt`);
    expect(healthy.status.conditions).toMatchObject([{ type: 'Dangling', status: 'False', reason: 'Found' }]);
  });

  test('a schema of a user is in force soon', async () => {
    api = await startTestServer();
    await api.send('POST', `${path}/prioritylevelconfigurations`, {
      metadata: { name: 'none' },
      spec: { type: 'Limited', limited: { nominalConcurrencyShares: 0, limitResponse: { type: 'Reject' } } },
    });
    const rules = [
      {
        subjects: [{ kind: 'User', user: { name: 'jane' } }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['/version'] }],
      },
    ];
    await api.send('POST', `${path}/flowschemas`, {
      metadata: { name: 'of-jane' },
      spec: { priorityLevelConfiguration: { name: 'none' }, matchingPrecedence: 3, rules },
    });
    await api.clock.advance(1_000);
    await api.call('GET', '/version', { user: { username: 'jane' } });
    const { body }: any = await api.call('GET', '/metrics');
    expect(body).toContain(
      'apiserver_flowcontrol_dispatched_requests_total{flow_schema="of-jane",priority_level="none"} 1',
    );
  });
});
