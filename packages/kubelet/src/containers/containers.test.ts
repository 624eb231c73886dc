import type { LifecycleHandler } from '@kubets/api';
import type { ContainerStatus } from '@kubets/api/generated/cri.ts';
import { FakeClock, seededRandom, settleMicrotasks, silentLogger } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import type { Host } from '../host/host.ts';
import { nullHost } from '../host/null_host.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import { testContainer, testNode, testPod } from '../pod/fixtures.ts';
import { agreeableProbeIo } from '../probes/probe_io.ts';
import { fakeRuntime } from '../runtime/fake/fake_runtime.ts';
import { graceSecondsFor, killContainer } from './container_kill.ts';
import { lastRestartCount } from './last_restart_count.ts';
import { lastWords } from './last_words.ts';
import { runHook } from './lifecycle_hook.ts';
import { terminationOrder } from './termination_order.ts';

describe('termination order', () => {
  const side = (name: string) => testContainer(name, { restartPolicy: 'Always' });
  const pod = testPod({ initContainers: [side('first'), testContainer('setup'), side('second')] });

  test('sidecars wait for the others, the first for the second', async () => {
    const clock = new FakeClock();
    const order = terminationOrder(pod, ['app', 'first', 'second'], clock);
    const turns: string[] = [];
    for (const name of ['first', 'second', 'app']) void order.turn(name, 60_000).then(() => turns.push(name));
    await settleMicrotasks();
    expect(turns).toEqual(['app']);
    order.ended('app');
    await settleMicrotasks();
    expect(turns).toEqual(['app', 'second']);
    order.ended('second');
    await settleMicrotasks();
    expect(turns).toEqual(['app', 'second', 'first']);
  });

  test('but not for longer than there is time', async () => {
    const clock = new FakeClock();
    const order = terminationOrder(pod, ['app', 'second'], clock);
    let came = false;
    void order.turn('second', 5000).then(() => {
      came = true;
    });
    await clock.advance(4999);
    expect(came).toBe(false);
    await clock.advance(1);
    expect(came).toBe(true);
  });
});

describe('grace periods', () => {
  const probe = { exec: { command: ['x'] }, terminationGracePeriodSeconds: 5 };
  const container = testContainer('app', { livenessProbe: probe, startupProbe: probe });
  const pod = testPod({ containers: [container] });
  const deleted = testPod();
  deleted.metadata.deletionGracePeriodSeconds = 7;
  test.each([
    ['of the pod', pod, '', 30],
    ['of a liveness probe', pod, 'LivenessProbe', 5],
    ['of a startup probe', pod, 'StartupProbe', 5],
    ['of a deletion', deleted, 'LivenessProbe', 7],
    ['none said', testPod({ terminationGracePeriodSeconds: undefined }), '', 2],
  ] as const)('%s', (_, subject, reason, expected) => {
    expect(graceSecondsFor(subject, container, reason)).toBe(expected);
  });
});

describe('killing', () => {
  function setUp(hook?: LifecycleHandler) {
    const clock = new FakeClock();
    const stops: [number, number][] = [];
    const began = clock.now();
    const parts = {
      clock,
      log: silentLogger,
      recorder: { event() {} },
      probeIo: agreeableProbeIo,
      runtime: {
        ...fakeRuntime({ clock, random: seededRandom(1) }),
        stopContainer: async (_: string, seconds: number) =>
          void stops.push([(clock.now() - began) / 1000, seconds]),
      },
    } as unknown as KubeletParts;
    const pod = testPod({ containers: [testContainer('app', { lifecycle: { preStop: hook } })] });
    const kill = (more: object = {}) =>
      killContainer(
        { parts, pod, podIP: '', ...more },
        { container: { id: 'c', name: 'app' }, message: '', reason: '' },
      );
    return { clock, stops, kill };
  }

  test('the hook takes of the grace period', async () => {
    const { clock, stops, kill } = setUp({ sleep: { seconds: 12 } });
    const killing = kill();
    await clock.advance(12_000);
    await killing;
    expect(stops).toEqual([[12, 18]]);
  });

  test('a hook that never ends is left behind', async () => {
    const { clock, stops, kill } = setUp({ sleep: { seconds: 1000 } });
    const killing = kill();
    await clock.advance(30_000);
    await killing;
    expect(stops).toEqual([[30, 2]]);
  });

  test('no time at all: no hook, and two seconds', async () => {
    const { stops, kill } = setUp({ sleep: { seconds: 10 } });
    await kill({ graceSeconds: 0 });
    expect(stops).toEqual([[0, 2]]);
  });

  test('a hurry cuts the hook short', async () => {
    const { clock, stops, kill } = setUp({ sleep: { seconds: 20 } });
    const hurry = new AbortController();
    const killing = kill({ hurry: hurry.signal });
    await clock.advance(3000);
    hurry.abort();
    await killing;
    expect(stops).toEqual([[3, 2]]);
  });
});

describe('hooks', () => {
  const run = (hook: LifecycleHandler, overrides: object = {}) => {
    const clock = new FakeClock();
    return runHook({
      runtime: { ...fakeRuntime({ clock, random: seededRandom(1) }), ...overrides },
      io: { ...agreeableProbeIo, ...overrides },
      clock,
      pod: testPod(),
      podIP: '10.0.0.5',
      container: testContainer('app'),
      containerId: 'c',
      hook,
      signal: new AbortController().signal,
    });
  };

  test('exec', async () => {
    await run({ exec: { command: ['true'] } });
    const answer = { exitCode: 3, stdout: new TextEncoder().encode('no') };
    await expect(run({ exec: { command: ['a', 'b'] } }, { execSync: async () => answer })).rejects.toThrow(
      /^Exec lifecycle hook \(\[a b\]\) for Container "app" in Pod "web_default\(.*\)" failed - error: command 'a b' exited with 3: no, message: "no"$/,
    );
  });

  test('http: any answer will do; https falls back', async () => {
    await run({ httpGet: { port: 80 } }, { httpGet: async () => ({ status: 500, body: '' }) });
    const schemes: string[] = [];
    const httpGet = async ({ scheme }: { scheme: string }) => {
      schemes.push(scheme);
      if (scheme === 'https') throw new Error('not TLS');
      return { status: 200, body: '' };
    };
    await run({ httpGet: { port: 443, scheme: 'HTTPS' } }, { httpGet });
    expect(schemes).toEqual(['https', 'http']);
    await expect(
      run({ httpGet: { port: 80, path: '/x' } }, { httpGet: () => Promise.reject(new Error('refused')) }),
    ).rejects.toThrow(/^HTTP lifecycle hook \(\/x\) for Container "app" .* failed - error: refused$/);
  });
});

describe('what a container leaves', () => {
  const hostWith = (contents: Record<string, string>): Host => ({
    ...nullHost,
    files: {
      ...nullHost.files,
      async read(path) {
        const text = contents[path];
        return text === undefined ? undefined : new TextEncoder().encode(text);
      },
      list: async () => Object.keys(contents),
    },
  });
  const status = (policy: string, exitCode: number): ContainerStatus => ({
    exitCode,
    logPath: '/log',
    mounts: [{ containerPath: '/dev/termination-log', hostPath: '/message' }],
    annotations: {
      'io.kubernetes.container.terminationMessagePath': '/dev/termination-log',
      'io.kubernetes.container.terminationMessagePolicy': policy,
    },
  });
  const log = ['one', 'two'].map((text) => `2026-01-01T00:00:00Z stderr F ${text}\n`).join('');

  test.each([
    ['its message', 'File', 1, { '/message': 'bye', '/log': log }, 'bye'],
    ['no message', 'File', 1, { '/message': '', '/log': log }, ''],
    ['the end of its log', 'FallbackToLogsOnError', 1, { '/message': '', '/log': log }, 'one\ntwo\n'],
    ['a message before the log', 'FallbackToLogsOnError', 1, { '/message': 'bye', '/log': log }, 'bye'],
    ['nothing after success', 'FallbackToLogsOnError', 0, { '/message': '', '/log': log }, ''],
  ])('%s', async (_, policy, code, contents, expected) => {
    expect(await lastWords(hostWith(contents), status(policy, code))).toBe(expected);
  });

  test('the number of its last run', async () => {
    const count = (names: string[]) => {
      const host = hostWith(Object.fromEntries(names.map((name) => [name, ''])));
      return lastRestartCount({ host, node: testNode }, testPod(), 'app');
    };
    expect(await count([])).toBe(-1);
    expect(await count(['0.log', '11.log', '2.log', '12.log.20260101-000000', 'other'])).toBe(12);
  });
});
