import { describe, expect, test } from 'vitest';
import { created, createdMs, row } from '../../testing.ts';
import { pod } from './pod.ts';

const waiting = (reason: string) => ({ state: { waiting: { reason } } });
const running = { state: { running: { startedAt: created } } };
const ended = (exitCode: number, more: object = {}) => ({ state: { terminated: { exitCode, ...more } } });
const withRestarts = (restartCount: number, finishedAt?: string) => ({
  restartCount,
  ...(finishedAt && { lastState: { terminated: { exitCode: 1, finishedAt } } }),
});
const ready = [{ type: 'Ready', status: 'True' }];

interface Given {
  spec?: object;
  meta?: object;
  status?: { [field: string]: unknown; phase?: string };
}

function shown({ spec = {}, meta = {}, status = {} }: Given, nowMs = createdMs) {
  const name = (list: unknown, prefix: string) =>
    (list as object[] | undefined)?.map((each, i) => ({ name: `${prefix}${i}`, restartCount: 0, ...each }));
  const object = {
    metadata: { name: 'web', creationTimestamp: created, ...meta },
    spec: { containers: [{ name: 'c0' }, { name: 'c1' }], ...spec },
    status: {
      phase: 'Running',
      ...status,
      ...(status.containerStatuses !== undefined && {
        containerStatuses: name(status.containerStatuses, 'c'),
      }),
      ...(status.initContainerStatuses !== undefined && {
        initContainerStatuses: name(status.initContainerStatuses, 'i'),
      }),
    },
  };
  return row(pod, object as any, nowMs);
}

const init = { initContainers: [{ name: 'i0' }, { name: 'i1' }] };

type Case = [name: string, given: Given, status: string, readiness: string, restarts: string];

const cases: Case[] = [
  ['just made', { status: { phase: 'Pending' } }, 'Pending', '0/2', '0'],
  [
    'held back by a gate',
    {
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
    },
    'SchedulingGated',
    '0/2',
    '0',
  ],
  ['evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, 'Evicted', '0/2', '0'],
  [
    'creating containers',
    {
      status: {
        phase: 'Pending',
        containerStatuses: [waiting('ContainerCreating'), waiting('ContainerCreating')],
      },
    },
    'ContainerCreating',
    '0/2',
    '0',
  ],
  [
    'running',
    {
      status: {
        conditions: ready,
        containerStatuses: [
          { ...running, ready: true },
          { ...running, ready: true },
        ],
      },
    },
    'Running',
    '2/2',
    '0',
  ],
  [
    'not ready yet',
    {
      status: {
        containerStatuses: [
          { ...running, ready: true },
          { ...running, ready: false },
        ],
      },
    },
    'Running',
    '1/2',
    '0',
  ],
  [
    'crashing',
    {
      status: {
        containerStatuses: [
          { ...waiting('CrashLoopBackOff'), ...withRestarts(3, '2025-12-31T23:55:00Z') },
          { ...running, ready: true },
        ],
      },
    },
    'CrashLoopBackOff',
    '1/2',
    '3 (5m ago)',
  ],
  [
    'done',
    {
      status: {
        phase: 'Succeeded',
        containerStatuses: [ended(0, { reason: 'Completed' }), ended(0, { reason: 'Completed' })],
      },
    },
    'Completed',
    '0/2',
    '0',
  ],
  [
    'one done, one running and ready',
    {
      status: {
        conditions: ready,
        containerStatuses: [ended(0, { reason: 'Completed' }), { ...running, ready: true }],
      },
    },
    'Running',
    '1/2',
    '0',
  ],
  [
    'one done, one running, not ready',
    { status: { containerStatuses: [ended(0, { reason: 'Completed' }), { ...running, ready: true }] } },
    'NotReady',
    '1/2',
    '0',
  ],
  [
    'failed',
    { status: { phase: 'Failed', containerStatuses: [ended(1, { reason: 'Error' }), running] } },
    'Error',
    '0/2',
    '0',
  ],
  [
    'killed by a signal',
    { status: { containerStatuses: [ended(137, { signal: 9 })] } },
    'Signal:9',
    '0/2',
    '0',
  ],
  ['ended without a reason', { status: { containerStatuses: [ended(3)] } }, 'ExitCode:3', '0/2', '0'],
  [
    'first init container running',
    {
      spec: init,
      status: { phase: 'Pending', initContainerStatuses: [running, waiting('PodInitializing')] },
    },
    'Init:0/2',
    '0/2',
    '0',
  ],
  [
    'second init container waits',
    {
      spec: init,
      status: { phase: 'Pending', initContainerStatuses: [ended(0), waiting('PodInitializing')] },
    },
    'Init:1/2',
    '0/2',
    '0',
  ],
  [
    'init container without its image',
    { spec: init, status: { phase: 'Pending', initContainerStatuses: [waiting('ImagePullBackOff')] } },
    'Init:ImagePullBackOff',
    '0/2',
    '0',
  ],
  [
    'init container failed',
    {
      spec: init,
      status: {
        phase: 'Pending',
        initContainerStatuses: [{ ...ended(1, { reason: 'Error' }), ...withRestarts(2) }],
      },
    },
    'Init:Error',
    '0/2',
    '2',
  ],
  [
    'init container killed',
    { spec: init, status: { phase: 'Pending', initContainerStatuses: [ended(137, { signal: 9 })] } },
    'Init:Signal:9',
    '0/2',
    '0',
  ],
  [
    'init containers done',
    {
      spec: init,
      status: {
        phase: 'Pending',
        conditions: [{ type: 'Initialized', status: 'True' }],
        initContainerStatuses: [ended(0), ended(0)],
        containerStatuses: [waiting('PodInitializing'), waiting('PodInitializing')],
      },
    },
    'PodInitializing',
    '0/2',
    '0',
  ],
  [
    'a sidecar counts as a container',
    {
      spec: { initContainers: [{ name: 'i0', restartPolicy: 'Always' }] },
      status: {
        conditions: [{ type: 'Initialized', status: 'True' }, ...ready],
        initContainerStatuses: [
          { ...running, ready: true, started: true, ...withRestarts(1, '2025-12-31T23:59:30Z') },
        ],
        containerStatuses: [
          { ...running, ready: true },
          { ...running, ready: true },
        ],
      },
    },
    'Running',
    '3/3',
    '1 (30s ago)',
  ],
  [
    'being deleted',
    {
      meta: { deletionTimestamp: created },
      status: { containerStatuses: [{ ...running, ready: true }, running] },
    },
    'Terminating',
    '1/2',
    '0',
  ],
  [
    'its node is lost',
    { meta: { deletionTimestamp: created }, status: { reason: 'NodeLost' } },
    'Unknown',
    '0/2',
    '0',
  ],
  [
    'deleted when it was done',
    {
      meta: { deletionTimestamp: created },
      status: { phase: 'Succeeded', containerStatuses: [ended(0, { reason: 'Completed' })] },
    },
    'Completed',
    '0/2',
    '0',
  ],
];

describe('kubectl get pods', () => {
  test.each(cases)('%s', (_, given, status, readiness, restarts) => {
    expect(shown(given)).toMatchObject({ Ready: readiness, Status: status, Restarts: restarts });
  });

  test('-o wide', () => {
    expect(pod.columns.map(({ name, priority = 0 }) => `${name}:${priority}`)).toEqual([
      'Name:0',
      'Ready:0',
      'Status:0',
      'Restarts:0',
      'Age:0',
      'IP:1',
      'Node:1',
      'Nominated Node:1',
      'Readiness Gates:1',
    ]);
    expect(shown({})).toMatchObject({
      IP: '<none>',
      Node: '<none>',
      'Nominated Node': '<none>',
      'Readiness Gates': '<none>',
    });
    expect(
      shown({
        spec: { nodeName: 'node-1', readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
        status: {
          podIP: '10.0.0.1',
          podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
          conditions: [{ type: 'a', status: 'True' }],
        },
      }),
    ).toMatchObject({ IP: '10.0.0.1', Node: 'node-1', 'Readiness Gates': '1/2' });
  });
});
