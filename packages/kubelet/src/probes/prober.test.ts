import type { ContainerStatus, Probe } from '@kubets/api';
import { FakeClock, rfc3339, seededRandom, silentLogger } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { testContainer, testPod } from '../pod/fixtures.ts';
import { fakeRuntime } from '../runtime/fake/fake_runtime.ts';
import { RuntimeError } from '../runtime/runtime_error.ts';
import { httpRequest, resolvePort } from './http_action.ts';
import { agreeableProbeIo } from './probe_io.ts';
import { createProber, type ProbeAnswer } from './prober.ts';
import { probeRunner } from './run_probe.ts';

function setUp(probes: { liveness?: Probe; readiness?: Probe; startup?: Probe }) {
  const clock = new FakeClock();
  const answers = new Map<string, ProbeAnswer>();
  const probed: string[] = [];
  let changes = 0;
  const prober = createProber({
    clock,
    random: seededRandom(1),
    log: silentLogger,
    async run(kind) {
      probed.push(`${kind}@${(clock.now() - began) / 1000}`);
      return answers.get(kind) ?? { outcome: 'success' };
    },
    changed: () => changes++,
  });
  const began = clock.now();
  const pod = testPod({
    containers: [
      testContainer('app', {
        livenessProbe: probes.liveness,
        readinessProbe: probes.readiness,
        startupProbe: probes.startup,
      }),
    ],
  });
  const { uid } = pod.metadata;
  prober.add(pod);
  const view = prober.view(uid);
  const observe = (id: string, started = true, more: Partial<ContainerStatus> = {}) =>
    prober.observe(uid, {
      phase: 'Running',
      podIP: '10.0.0.5',
      containerStatuses: [
        {
          name: 'app',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 0,
          containerID: `containerd://${id}`,
          started,
          state: { running: { startedAt: rfc3339(clock.now()) } },
          ...more,
        },
      ],
    });
  return { clock, answers, probed, prober, view, observe, uid, changes: () => changes };
}

const failure: ProbeAnswer = { outcome: 'failure', message: 'no' };

describe('when', () => {
  test('after the initial delay, then every period', async () => {
    const { clock, probed, observe } = setUp({ liveness: { initialDelaySeconds: 5, periodSeconds: 10 } });
    observe('a');
    await clock.advance(26_000);
    expect(probed).toEqual(['liveness@5', 'liveness@15', 'liveness@25']);
  });

  test('others wait until the container has started', async () => {
    const { clock, probed, observe, view } = setUp({
      startup: { periodSeconds: 2 },
      readiness: { periodSeconds: 5 },
    });
    observe('a', false);
    await clock.advance(1000);
    expect(view.result('startup', 'a')).toBe('success');
    observe('a', true);
    await clock.advance(6000);
    expect(probed).toEqual(['startup@0', 'readiness@1', 'readiness@6']);
  });

  test('not while the container is down, and anew when it is back', async () => {
    const { clock, probed, observe, view } = setUp({ readiness: { periodSeconds: 5 } });
    observe('a');
    await clock.advance(1000);
    expect(view.result('readiness', 'a')).toBe('success');
    observe('a', false, { state: { terminated: { exitCode: 1 } } });
    expect(view.result('readiness', 'a')).toBe('failure');
    await clock.advance(20_000);
    expect(probed).toEqual(['readiness@0']);
    observe('b');
    expect(view.result('readiness', 'a')).toBeUndefined();
    expect(view.result('readiness', 'b')).toBe('failure');
    await clock.advance(100);
    expect(view.result('readiness', 'b')).toBe('success');
  });
});

describe('what results mean', () => {
  test('liveness holds until the threshold; then nothing is probed until a new container', async () => {
    const { clock, probed, answers, observe, view } = setUp({
      liveness: { periodSeconds: 1, failureThreshold: 3 },
    });
    answers.set('liveness', failure);
    observe('a');
    await clock.advance(1500);
    expect(view.result('liveness', 'a')).toBe('success');
    await clock.advance(1000);
    expect(view.result('liveness', 'a')).toBe('failure');
    await clock.advance(10_000);
    expect(probed).toHaveLength(3);
  });

  test('readiness needs its successes in a row', async () => {
    const { clock, answers, observe, view } = setUp({ readiness: { periodSeconds: 1, successThreshold: 3 } });
    observe('a');
    await clock.advance(1500);
    answers.set('readiness', failure);
    await clock.advance(1000);
    answers.delete('readiness');
    await clock.advance(2000);
    expect(view.result('readiness', 'a')).toBe('failure');
    await clock.advance(1000);
    expect(view.result('readiness', 'a')).toBe('success');
  });

  test('errors of the probe itself don’t count', async () => {
    const { clock, answers, observe, view } = setUp({ liveness: { periodSeconds: 1, failureThreshold: 1 } });
    answers.set('liveness', { outcome: 'error', message: 'x' });
    observe('a');
    await clock.advance(5000);
    expect(view.result('liveness', 'a')).toBe('success');
  });

  test('a container from before the kubelet keeps its readiness until it is probed', async () => {
    const { clock, observe, view } = setUp({ readiness: { periodSeconds: 10 } });
    observe('a', true, { state: { running: { startedAt: '2025-12-31T00:00:00Z' } } });
    expect(view.result('readiness', 'a')).toBeUndefined();
    await clock.advance(10_000);
    expect(view.result('readiness', 'a')).toBe('success');
  });

  test('a pod that ends is probed for readiness only', async () => {
    const { clock, probed, prober, observe, uid } = setUp({
      readiness: { periodSeconds: 1 },
      liveness: { periodSeconds: 1 },
    });
    observe('a');
    await clock.advance(100);
    prober.stopLivenessAndStartup(uid);
    probed.length = 0;
    await clock.advance(2000);
    expect(probed).toEqual(['readiness@1', 'readiness@2']);
    prober.remove(uid);
    await clock.advance(5000);
    expect(probed).toHaveLength(2);
  });
});

describe('one probe', () => {
  async function run(probe: Probe, overrides: object = {}) {
    const events: string[] = [];
    const runtime = fakeRuntime({ clock: new FakeClock(), random: seededRandom(1) });
    const runner = probeRunner({
      runtime: { ...runtime, ...overrides },
      probeIo: { ...agreeableProbeIo, ...overrides },
      recorder: { event: (_about, _type, _reason, message) => void events.push(message) },
    });
    const container = testContainer('app', {
      livenessProbe: probe,
      ports: [{ name: 'http', containerPort: 8080 }],
    });
    const answer = await runner('liveness', {
      pod: testPod(),
      container,
      containerId: 'a',
      podIP: '10.0.0.5',
    });
    return { answer: answer.outcome, events };
  }

  test.each<[string, Probe, object, string, string?]>([
    ['exec', { exec: { command: ['x'] } }, {}, 'success'],
    [
      'exec that fails',
      { exec: { command: ['x'] } },
      { execSync: async () => ({ exitCode: 1, stdout: new TextEncoder().encode('bad') }) },
      'failure',
      'Liveness probe failed: bad',
    ],
    [
      'exec that takes too long',
      { exec: { command: ['x', 'y'] }, timeoutSeconds: 2 },
      { execSync: () => Promise.reject(new RuntimeError('DeadlineExceeded', 'late')) },
      'failure',
      'Liveness probe failed: command timed out: "x y" timed out after 2s',
    ],
    [
      'exec that can’t be made',
      { exec: { command: ['x'] } },
      { execSync: () => Promise.reject(new RuntimeError('Other', 'broken')) },
      'error',
      'Liveness probe errored and resulted in unknown state: broken',
    ],
    ['http', { httpGet: { port: 'http' } }, { httpGet: async () => ({ status: 302, body: '' }) }, 'success'],
    [
      'http that fails',
      { httpGet: { port: 80 } },
      { httpGet: async () => ({ status: 500, body: '' }) },
      'failure',
      'Liveness probe failed: HTTP probe failed with statuscode: 500',
    ],
    [
      'http without a port',
      { httpGet: { port: 'none' } },
      {},
      'error',
      expect.stringContaining("couldn't find port: none"),
    ],
    ['tcp', { tcpSocket: { port: 80 } }, {}, 'success'],
    [
      'grpc',
      { grpc: { port: 80 } },
      { grpcHealth: async () => 'NOT_SERVING' },
      'failure',
      'Liveness probe failed: service unhealthy (responded with "NOT_SERVING")',
    ],
  ])('%s', async (_, probe, overrides, outcome, event) => {
    const { answer, events } = await run(probe, overrides);
    expect(answer).toBe(outcome);
    expect(events).toEqual(event === undefined ? [] : [event]);
  });
});

test('requests of http actions', () => {
  const container = testContainer('app', { ports: [{ name: 'web', containerPort: 8080 }] });
  const make = (action: object) =>
    httpRequest({
      action: { port: 'web', ...action },
      container,
      podIP: '10.0.0.5',
      timeoutMs: 1000,
      userAgent: 'kube-probe/1.36',
    });
  expect(make({})).toMatchObject({
    scheme: 'http',
    host: '10.0.0.5',
    port: 8080,
    path: '/',
    headers: [
      ['User-Agent', 'kube-probe/1.36'],
      ['Accept', '*/*'],
    ],
  });
  expect(
    make({
      scheme: 'HTTPS',
      host: 'h',
      path: 'x?y=1',
      httpHeaders: [
        { name: 'accept', value: '' },
        { name: 'Host', value: 'v' },
      ],
    }),
  ).toMatchObject({
    scheme: 'https',
    host: 'h',
    path: '/x?y=1',
    headers: [
      ['Host', 'v'],
      ['User-Agent', 'kube-probe/1.36'],
    ],
  });
  expect(resolvePort('8081', container)).toBe(8081);
  expect(() => resolvePort(0, container)).toThrow('invalid port number: 0');
});
