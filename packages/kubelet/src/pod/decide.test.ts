import { describe, expect, test } from 'vitest';
import { backOffKey } from './crash_back_off.ts';
import { type DecideOptions, decide } from './decide.ts';
import type { Decision } from './decision.ts';
import {
  observedPod,
  testContainer,
  testNow,
  testObserved,
  testPod,
  testProbes,
  testSandbox,
} from './fixtures.ts';
import { nothingObserved } from './observed.ts';
import { noProbes } from './probe_view.ts';

/** A decision as a line: `sandbox:1 kill:app start:a,b wait:c`. */
function line(decision: Decision): string {
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(',');
  const starts = decision.start.filter(({ backOff }) => !backOff).map(({ container }) => container);
  const waits = decision.start.filter(({ backOff }) => backOff).map(({ container }) => container);
  return [
    decision.killPod && 'killPod',
    decision.createSandbox && `sandbox:${decision.createSandbox.attempt}`,
    decision.kill.length > 0 && `kill:${names(decision.kill.map(({ container }) => container))}`,
    decision.reset.length > 0 && `reset:${names(decision.reset)}`,
    decision.remove.length > 0 && `remove:${decision.remove.map(({ id }) => id).join(',')}`,
    starts.length > 0 && `start:${names(starts)}`,
    waits.length > 0 && `wait:${names(waits)}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function decided(options: Partial<DecideOptions> & Pick<DecideOptions, 'pod' | 'observed'>): string {
  return line(decide({ probes: noProbes, backOffs: new Map(), now: testNow + 60_000, ...options }));
}

const running = testObserved('app');
const exited = (exitCode: number) => testObserved('app', { state: 'exited', exitCode });
const sidecar = (name: string, more = {}) => testContainer(name, { restartPolicy: 'Always', ...more });

describe('sandbox and regular containers', () => {
  const pod = testPod();
  const never = testPod({ restartPolicy: 'Never' });
  const onFailure = testPod({ restartPolicy: 'OnFailure' });
  const two = testPod({ containers: [testContainer('app'), testContainer('log')] });
  test.each([
    ['a new pod', pod, nothingObserved, 'killPod sandbox:0 start:app'],
    ['a sandbox without containers', pod, observedPod(), 'start:app'],
    ['all running', pod, observedPod(running), ''],
    ['one of two missing', two, observedPod(running), 'start:log'],
    ['exited, Always', pod, observedPod(exited(0)), 'start:app'],
    ['exited 0, OnFailure', onFailure, observedPod(exited(0)), 'killPod'],
    ['exited 1, OnFailure', onFailure, observedPod(exited(1)), 'start:app'],
    ['exited 1, Never', never, observedPod(exited(1)), 'killPod'],
    ['created only', pod, observedPod(testObserved('app', { state: 'created' })), 'start:app'],
    ['unknown', pod, observedPod(testObserved('app', { state: 'unknown' })), 'kill:app start:app'],
    ['image changed', pod, observedPod({ ...running, hash: 'other' }), 'kill:app start:app'],
    ['image changed, Never', never, observedPod({ ...running, hash: 'other' }), 'kill:app start:app'],
    [
      'the sandbox died',
      pod,
      { sandboxes: [testSandbox({ ready: false })], containers: [exited(137)] },
      'killPod sandbox:1 start:app',
    ],
    [
      'the sandbox died, Never',
      never,
      { sandboxes: [testSandbox({ ready: false })], containers: [exited(137)] },
      'killPod',
    ],
    [
      'the sandbox died before any container ran, Never',
      never,
      { sandboxes: [testSandbox({ ready: false })], containers: [] },
      'killPod sandbox:1 start:app',
    ],
    [
      'the sandbox died after success, OnFailure',
      onFailure,
      { sandboxes: [testSandbox({ ready: false })], containers: [exited(0)] },
      'killPod',
    ],
    [
      'two ready sandboxes',
      pod,
      { sandboxes: [testSandbox({ id: 'b', attempt: 1 }), testSandbox()], containers: [running] },
      'killPod sandbox:2 start:app',
    ],
    [
      'no address',
      pod,
      { sandboxes: [testSandbox({ ips: [] })], containers: [] },
      'killPod sandbox:1 start:app',
    ],
    [
      'host network needs no address',
      testPod({ hostNetwork: true }),
      { sandboxes: [testSandbox({ ips: [], hostNetwork: true })], containers: [running] },
      '',
    ],
  ])('%s', (_, subject, observed, expected) => {
    expect(decided({ pod: subject, observed })).toBe(expected);
  });
});

describe('probes', () => {
  const live = testProbes({ 'liveness/app-0': 'failure' });
  const startup = testProbes({ 'startup/app-0': 'failure' });
  test.each([
    ['liveness', testPod(), live, 'kill:app start:app'],
    ['liveness, Never', testPod({ restartPolicy: 'Never' }), live, 'kill:app'],
    ['startup', testPod(), startup, 'kill:app start:app'],
    ['readiness does not kill', testPod(), testProbes({ 'readiness/app-0': 'failure' }), ''],
  ])('%s', (_, pod, probes, expected) => {
    const decision = decide({
      pod,
      observed: observedPod(running),
      probes,
      backOffs: new Map(),
      now: testNow,
    });
    const text = line(decision);
    // Nothing is kept and nothing starts: the whole pod ends.
    expect(text.replace('killPod ', '')).toBe(expected);
  });

  test('says which probe and whether the container comes back', () => {
    const [kill] = decide({
      pod: testPod(),
      observed: observedPod(running),
      probes: live,
      backOffs: new Map(),
      now: testNow,
    }).kill;
    expect(kill).toMatchObject({
      reason: 'LivenessProbe',
      message: 'Container app failed liveness probe, will be restarted',
    });
  });
});

describe('init containers', () => {
  const pod = testPod({ initContainers: [testContainer('a'), testContainer('b')] });
  const never = testPod({ restartPolicy: 'Never', initContainers: [testContainer('a'), testContainer('b')] });
  const done = (name: string, exitCode = 0) => testObserved(name, { state: 'exited', exitCode });
  test.each([
    ['first', pod, observedPod(), 'start:a'],
    ['while it runs', pod, observedPod(testObserved('a')), ''],
    ['then the second', pod, observedPod(done('a')), 'start:b'],
    ['then the regular ones', pod, observedPod(done('b'), done('a')), 'start:app'],
    ['the first forgotten', pod, observedPod(done('b')), 'start:app'],
    ['both forgotten, app runs', pod, observedPod(running), ''],
    ['a failure is retried', pod, observedPod(done('a', 1)), 'start:a'],
    ['a failure is final', never, observedPod(done('a', 1)), 'killPod'],
    ['only created', pod, observedPod(testObserved('a', { state: 'created' })), 'start:a'],
    ['unknown', pod, observedPod(testObserved('a', { state: 'unknown' })), 'kill:a start:a'],
    [
      'a new sandbox starts over',
      pod,
      { sandboxes: [testSandbox({ ready: false })], containers: [done('b'), done('a')] },
      'killPod sandbox:1 remove:b-0,a-0 start:a',
    ],
    [
      'old runs are removed',
      pod,
      observedPod(
        testObserved('a', { state: 'exited', exitCode: 1, restartCount: 1 }),
        testObserved('a', { state: 'exited', exitCode: 1 }),
      ),
      'remove:a-0 start:a',
    ],
  ])('%s', (_, subject, observed, expected) => {
    expect(decided({ pod: subject, observed })).toBe(expected);
  });
});

describe('sidecars', () => {
  const pod = testPod({ initContainers: [sidecar('proxy'), testContainer('setup')] });
  const probed = testPod({
    initContainers: [
      sidecar('proxy', { startupProbe: { exec: { command: ['true'] } } }),
      testContainer('setup'),
    ],
  });
  const last = testPod({ initContainers: [sidecar('proxy')] });
  const job = testPod({ restartPolicy: 'Never', initContainers: [sidecar('proxy')] });
  const proxy = testObserved('proxy');
  const proxyGone = testObserved('proxy', { state: 'exited', exitCode: 1 });
  const setupDone = testObserved('setup', { state: 'exited' });
  test.each([
    ['start first', pod, observedPod(), 'start:proxy'],
    ['the next starts once it runs', pod, observedPod(proxy), 'start:setup'],
    ['come back during initialization', pod, observedPod(testObserved('setup'), proxyGone), 'start:proxy'],
    ['regular ones follow', pod, observedPod(setupDone, proxy), 'start:app'],
    ['come back beside regular ones', last, observedPod(running, proxyGone), 'start:proxy'],
    ['forgotten ones come back', last, observedPod(running), 'start:proxy'],
    ['do not keep a finished pod alive', job, observedPod(exited(0), proxy), 'killPod'],
  ])('%s', (_, subject, observed, expected) => {
    expect(decided({ pod: subject, observed })).toBe(expected);
  });

  test.each([
    ['unknown holds the next up', 'unknown', ''],
    ['success lets it start', 'success', 'start:setup'],
    ['failure restarts the sidecar', 'failure', 'kill:proxy start:proxy'],
  ] as const)('startup probe: %s', (_, outcome, expected) => {
    const probes = testProbes({ 'startup/proxy-0': outcome });
    expect(decided({ pod: probed, observed: observedPod(proxy), probes })).toBe(expected);
  });

  test('liveness does not hold the next up', () => {
    const probes = testProbes({ 'liveness/proxy-0': 'failure' });
    expect(decided({ pod, observed: observedPod(proxy), probes })).toBe('kill:proxy start:proxy,setup');
  });
});

test('ephemeral containers start once, also while the pod initializes', () => {
  const pod = testPod({
    initContainers: [testContainer('a')],
    ephemeralContainers: [testContainer('debug')],
  });
  expect(decided({ pod, observed: observedPod(testObserved('a')) })).toBe('start:debug');
  const ended = testObserved('debug', { state: 'exited' });
  expect(decided({ pod, observed: observedPod(ended, testObserved('a')) })).toBe('');
});

describe('CrashLoopBackOff', () => {
  const pod = testPod();
  const crash = testObserved('app', { state: 'exited', exitCode: 1, finishedAt: testNow });

  test('the first restart is at once and begins the count', () => {
    const { start } = decide({
      pod,
      observed: observedPod(crash),
      probes: noProbes,
      backOffs: new Map(),
      now: testNow + 10,
    });
    expect(start).toMatchObject([{ restartCount: 1, nextBackOff: { delayMs: 10_000, at: testNow + 10 } }]);
  });

  test.each([
    [10_000, 9_999, 'wait:app'],
    [10_000, 10_000, 'start:app'],
    [300_000, 299_000, 'wait:app'],
    [300_000, 300_000, 'start:app'],
  ])('with a delay of %i ms, %i ms after the end: %s', (delayMs, after, expected) => {
    const backOffs = new Map([[backOffKey(testContainer('app')), { delayMs, at: testNow - 20_000 }]]);
    expect(decided({ pod, observed: observedPod(crash), backOffs, now: testNow + after })).toBe(expected);
  });

  test('doubles up to five minutes', () => {
    const delays = [10_000, 160_000, 300_000].map((delayMs) => {
      const backOffs = new Map([[backOffKey(testContainer('app')), { delayMs, at: testNow - 1000 }]]);
      const options = { pod, observed: observedPod(crash), probes: noProbes, backOffs };
      return decide({ ...options, now: testNow + delayMs }).start[0]!.nextBackOff!.delayMs;
    });
    expect(delays).toEqual([20_000, 300_000, 300_000]);
  });

  test('another image does not wait', () => {
    const changed = testPod({ containers: [testContainer('app', { image: 'fixed:2' })] });
    const backOffs = new Map([[backOffKey(testContainer('app')), { delayMs: 300_000, at: testNow - 1000 }]]);
    expect(decided({ pod: changed, observed: observedPod(crash), backOffs, now: testNow })).toBe('start:app');
  });

  test('starts over after ten minutes without a crash', () => {
    const backOffs = new Map([
      [backOffKey(testContainer('app')), { delayMs: 300_000, at: testNow - 600_001 }],
    ]);
    const { start } = decide({ pod, observed: observedPod(crash), probes: noProbes, backOffs, now: testNow });
    expect(start[0]!.nextBackOff!.delayMs).toBe(10_000);
  });
});

describe('restart rules of containers', () => {
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];
  const pod = testPod({
    restartPolicy: 'Never',
    containers: [testContainer('app', { restartPolicy: 'Never', restartPolicyRules: rules })],
  });
  test.each([
    [42, 'start:app'],
    [1, 'killPod'],
  ])('exit code %i: %s', (code, expected) => {
    expect(decided({ pod, observed: observedPod(exited(code)) })).toBe(expected);
  });
});

describe('restart of all containers', () => {
  const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }];
  const pod = testPod({
    restartPolicy: 'Never',
    initContainers: [testContainer('setup')],
    containers: [
      testContainer('app', { restartPolicy: 'Never', restartPolicyRules: rules }),
      testContainer('log'),
    ],
  });
  const setup = testObserved('setup', { state: 'exited' });
  const log = testObserved('log');
  test.each([
    ['the code that the rule names', observedPod(exited(42), log, setup), 'reset:log,setup,app'],
    ['another code', observedPod(exited(1), log, setup), ''],
    ['after the reset', observedPod(), 'start:setup'],
  ])('%s', (_, observed, expected) => {
    expect(decided({ pod, observed })).toBe(expected);
  });
  test('waits after a failure like any restart', () => {
    const backOffs = new Map([[backOffKey(pod.spec.containers[0]!), { delayMs: 20_000, at: testNow }]]);
    const observed = observedPod({ ...exited(42), finishedAt: testNow }, log, setup);
    expect(decided({ pod, observed, backOffs, now: testNow + 10_000 })).toBe('wait:app');
  });
});
