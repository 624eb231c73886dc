import type { Pod, PodStatus } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import {
  observedPod,
  testContainer,
  testNow,
  testObserved,
  testPod,
  testProbes,
  testSandbox,
} from '../fixtures.ts';
import { nothingObserved, type ObservedPod } from '../observed.ts';
import { noProbes } from '../probe_view.ts';
import { podStatus, type StatusInput } from './pod_status.ts';
import { terminatedStatus } from './terminated_status.ts';

function statusOf(pod: Pod, observed: ObservedPod, more: Partial<StatusInput> = {}): PodStatus {
  return podStatus({
    pod,
    previous: pod.status ?? {},
    observed,
    waiting: new Map(),
    probes: noProbes,
    terminal: false,
    hostIPs: ['192.168.0.1'],
    runtimeName: 'containerd',
    now: testNow + 60_000,
    ...more,
  });
}

/** `Ready=False(ContainersNotReady)` and so on, in the order of the status. */
function conditionLine({ conditions = [] }: PodStatus): string {
  return conditions
    .map(({ type, status, reason }) => `${type}=${status}${reason ? `(${reason})` : ''}`)
    .join(' ');
}

const running = testObserved('app');
const exited = (exitCode: number) => testObserved('app', { state: 'exited', exitCode });

test('a pod that has just arrived', () => {
  const status = statusOf(testPod(), nothingObserved);
  expect(status).toMatchObject({
    phase: 'Pending',
    hostIP: '192.168.0.1',
    hostIPs: [{ ip: '192.168.0.1' }],
    startTime: '2026-01-01T00:01:00Z',
    qosClass: 'BestEffort',
    observedGeneration: 1,
    containerStatuses: [
      {
        name: 'app',
        image: 'busybox:1.36',
        imageID: '',
        ready: false,
        started: false,
        restartCount: 0,
        state: { waiting: { reason: 'ContainerCreating' } },
        lastState: {},
      },
    ],
  });
  expect(status).not.toHaveProperty('podIP');
  expect(conditionLine(status)).toBe(
    'PodReadyToStartContainers=False Initialized=True Ready=False(ContainersNotReady) ContainersReady=False(ContainersNotReady) PodScheduled=True',
  );
  expect(status.conditions?.find(({ type }) => type === 'Ready')?.message).toBe(
    'containers with unready status: [app]',
  );
});

test('a running pod', () => {
  const status = statusOf(testPod(), observedPod(running));
  expect(status).toMatchObject({
    phase: 'Running',
    podIP: '10.244.0.5',
    podIPs: [{ ip: '10.244.0.5' }],
    containerStatuses: [
      {
        containerID: 'containerd://app-0',
        image: 'docker.io/library/busybox:1.36',
        imageID: 'sha256:abc',
        ready: true,
        started: true,
        resources: {},
        state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      },
    ],
  });
  expect(conditionLine(status)).toBe(
    'PodReadyToStartContainers=True Initialized=True Ready=True ContainersReady=True PodScheduled=True',
  );
});

describe('phases', () => {
  const always = testPod();
  const never = testPod({ restartPolicy: 'Never' });
  const onFailure = testPod({ restartPolicy: 'OnFailure' });
  const withInit = testPod({ initContainers: [testContainer('a')] });
  const withInitNever = testPod({ restartPolicy: 'Never', initContainers: [testContainer('a')] });
  const a = (exitCode: number) => testObserved('a', { state: 'exited', exitCode });
  test.each([
    ['exited, Always', always, observedPod(exited(0)), 'Running'],
    ['exited 0, OnFailure', onFailure, observedPod(exited(0)), 'Succeeded'],
    ['exited 1, OnFailure', onFailure, observedPod(exited(1)), 'Running'],
    ['exited 0, Never', never, observedPod(exited(0)), 'Succeeded'],
    ['exited 1, Never', never, observedPod(exited(1)), 'Failed'],
    ['init runs', withInit, observedPod(testObserved('a')), 'Pending'],
    ['init failed and comes back', withInit, observedPod(a(1)), 'Pending'],
    ['init failed for good', withInitNever, observedPod(a(1)), 'Failed'],
    ['init done, app waits', withInit, observedPod(a(0)), 'Pending'],
    ['init done, app runs', withInit, observedPod(running, a(0)), 'Running'],
  ])('%s', (_, pod, observed, phase) => {
    expect(statusOf(pod, observed).phase).toBe(phase);
  });

  test('terminal pods have ended whatever their restart policy', () => {
    expect(statusOf(always, observedPod(exited(0)), { terminal: true }).phase).toBe('Succeeded');
    expect(statusOf(always, observedPod(exited(143)), { terminal: true }).phase).toBe('Failed');
  });

  test('never go back', () => {
    const pod = testPod({}, { phase: 'Failed', reason: 'Evicted', message: 'gone' });
    expect(statusOf(pod, observedPod(running))).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'gone',
    });
  });

  test('a failure from outside', () => {
    const failure = { reason: 'DeadlineExceeded', message: 'too long' };
    const status = statusOf(testPod(), observedPod(running), { failure });
    expect(status).toMatchObject({ phase: 'Failed', ...failure });
    expect(conditionLine(status)).toContain('Ready=False(PodFailed) ContainersReady=False(PodFailed)');
  });
});

describe('waiting containers', () => {
  const waiting = new Map([['app', { reason: 'CrashLoopBackOff', message: 'back-off 10s' }]]);

  test('show why, and how they ended before', () => {
    const [status] = statusOf(testPod(), observedPod(exited(2)), { waiting }).containerStatuses!;
    expect(status).toMatchObject({
      ready: false,
      started: false,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
      lastState: { terminated: { exitCode: 2, reason: 'Error', containerID: 'containerd://app-0' } },
    });
  });

  test('stay terminated until there is a reason', () => {
    const [status] = statusOf(testPod(), observedPod(exited(2))).containerStatuses!;
    expect(status!.state).toHaveProperty('terminated');
  });

  test('behind init containers are initializing', () => {
    const pod = testPod({ initContainers: [testContainer('a')] });
    const status = statusOf(pod, observedPod(testObserved('a')));
    expect(status.containerStatuses![0]!.state).toEqual({ waiting: { reason: 'PodInitializing' } });
    expect(conditionLine(status)).toContain('Initialized=False(ContainersNotInitialized)');
    expect(status.conditions!.find(({ type }) => type === 'Initialized')!.message).toBe(
      'containers with incomplete status: [a]',
    );
  });
});

describe('restarts', () => {
  const second = testObserved('app', { restartCount: 1 });

  test('the run before is the last state', () => {
    const [status] = statusOf(testPod(), observedPod(second, exited(3))).containerStatuses!;
    expect(status).toMatchObject({
      restartCount: 1,
      containerID: 'containerd://app-1',
      lastState: { terminated: { exitCode: 3, finishedAt: '2026-01-01T00:00:00Z' } },
    });
  });

  test('what the runtime has forgotten is kept from the status', () => {
    const previous = statusOf(testPod(), observedPod(second, exited(3)));
    const [status] = statusOf(testPod(), observedPod(second), { previous }).containerStatuses!;
    expect(status!.lastState).toMatchObject({ terminated: { exitCode: 3 } });
  });

  test('a container that vanished counts as one that was killed', () => {
    const previous = statusOf(testPod(), observedPod(running));
    const status = statusOf(testPod(), observedPod(), { previous });
    expect(status.containerStatuses![0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } },
    });
    expect(status.phase).toBe('Running');
  });
});

describe('readiness', () => {
  const probed = ['readiness/app', 'startup/app'] as const;

  test.each([
    ['startup unknown', { 'startup/app-0': 'unknown', 'readiness/app-0': 'success' }, false, false],
    ['started, not ready', { 'startup/app-0': 'success', 'readiness/app-0': 'failure' }, true, false],
    ['ready', { 'startup/app-0': 'success', 'readiness/app-0': 'success' }, true, true],
    ['no result yet', { 'startup/app-0': 'success' }, true, false],
  ] as const)('%s', (_, results, started, ready) => {
    const probes = testProbes(results, probed);
    const [status] = statusOf(testPod(), observedPod(running), { probes }).containerStatuses!;
    expect({ started: status!.started, ready: status!.ready }).toEqual({ started, ready });
  });

  test('outlives a restart of the kubelet', () => {
    const previous = statusOf(testPod(), observedPod(running));
    const probes = testProbes({}, probed);
    const [status] = statusOf(testPod(), observedPod(running), { previous, probes }).containerStatuses!;
    expect(status).toMatchObject({ started: true, ready: true });
  });

  test('gates', () => {
    const gates = { readinessGates: [{ conditionType: 'example.com/lb' }] };
    const missing = statusOf(testPod(gates), observedPod(running));
    expect(conditionLine(missing)).toContain('Ready=False(ReadinessGatesNotReady) ContainersReady=True');
    const open = testPod(gates, { conditions: [{ type: 'example.com/lb', status: 'True' }] });
    const status = statusOf(open, observedPod(running));
    expect(conditionLine(status)).toMatch(/^example.com\/lb=True .*Ready=True/);
  });
});

test('conditions keep the time of their last change', () => {
  const previous = statusOf(testPod(), nothingObserved);
  const status = statusOf(testPod(), observedPod(running), { previous, now: testNow + 90_000 });
  const times = Object.fromEntries(
    status.conditions!.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
  );
  expect(times).toMatchObject({
    PodScheduled: '2026-01-01T00:01:00Z',
    Ready: '2026-01-01T00:01:30Z',
  });
});

describe('addresses', () => {
  test('of the host network', () => {
    const pod = testPod({ hostNetwork: true });
    const observed = { sandboxes: [testSandbox({ ips: [], hostNetwork: true })], containers: [] };
    expect(statusOf(pod, observed, { hostIPs: ['10.0.0.1', 'fd00::1'] })).toMatchObject({
      podIP: '10.0.0.1',
      podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
    });
  });

  test('stay when the sandbox has gone', () => {
    const previous = statusOf(testPod(), observedPod(running));
    const gone = { sandboxes: [testSandbox({ ready: false, ips: [] })], containers: [exited(0)] };
    expect(statusOf(testPod(), gone, { previous }).podIP).toBe('10.244.0.5');
  });

  test('the family of the node comes first', () => {
    const observed = { sandboxes: [testSandbox({ ips: ['10.244.0.5', 'fd01::5'] })], containers: [running] };
    expect(statusOf(testPod(), observed, { hostIPs: ['fd00::1'] }).podIP).toBe('fd01::5');
  });
});

describe('sidecars', () => {
  const pod = testPod({
    restartPolicy: 'Never',
    initContainers: [testContainer('proxy', { restartPolicy: 'Always' })],
  });

  test('count for readiness and initialization', () => {
    const status = statusOf(pod, observedPod(testObserved('proxy')));
    expect(status.phase).toBe('Pending');
    expect(conditionLine(status)).toContain('Initialized=True');
    expect(status.initContainerStatuses![0]).toMatchObject({ started: true, ready: true });
  });

  test('do not fail a pod that succeeded', () => {
    const killed = testObserved('proxy', { state: 'exited', exitCode: 143 });
    expect(statusOf(pod, observedPod(exited(0), killed)).phase).toBe('Succeeded');
  });
});

test('messages share 12 KiB', () => {
  const pod = testPod({ containers: ['a', 'b', 'c'].map((name) => testContainer(name)) });
  const loud = testObserved('a', { state: 'exited', exitCode: 1, message: 'x'.repeat(9000) });
  const [status] = statusOf(pod, observedPod(loud)).containerStatuses!;
  expect(status!.state!.terminated!.message).toHaveLength(4096);
});

describe('the last status', () => {
  test('of a pod that never ran has failed', () => {
    const status = terminatedStatus(testPod(), statusOf(testPod(), nothingObserved, { terminal: true }));
    expect(status).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }],
    });
  });

  test('leaves what never began', () => {
    const pod = testPod({ initContainers: [testContainer('a'), testContainer('b')] });
    const observed = observedPod(testObserved('a', { state: 'exited', exitCode: 143 }));
    const status = terminatedStatus(pod, statusOf(pod, observed, { terminal: true }));
    expect(status.initContainerStatuses!.map(({ state }) => Object.keys(state!)[0])).toEqual([
      'terminated',
      'waiting',
    ]);
    expect(status.containerStatuses![0]!.state).toHaveProperty('waiting');
  });
});
