import { ContainerState, PodSandboxState } from '@kubets/api/generated/cri.ts';
import { FakeClock, seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { AddressPool } from './address_pool.ts';
import { fakeProcess } from './fake_process.ts';
import { type FakeRuntimeOptions, fakeRuntime } from './fake_runtime.ts';

describe('processes', () => {
  test.each([
    [[], {}, { exitCode: 0 }],
    [['sleep', '5'], {}, { exitAfterMs: 5000, exitCode: 0 }],
    [['/bin/sleep', '2m'], {}, { exitAfterMs: 120_000, exitCode: 0 }],
    [['sleep', 'infinity'], {}, { exitCode: 0 }],
    [['false'], {}, { exitAfterMs: 0, exitCode: 1 }],
    [['sh', '-c', 'echo hi; sleep 1 && exit 3'], {}, { exitAfterMs: 1000, exitCode: 3 }],
    [['/bin/bash', '-ec', 'sleep 0.5\nfalse'], {}, { exitAfterMs: 500, exitCode: 1 }],
    [['sh', '-c', 'while true; do sleep 1; done'], {}, { exitCode: 0 }],
    [['nginx'], {}, { exitCode: 0 }],
    [['nginx'], { 'sim.kubets.io/run-seconds': '7' }, { exitAfterMs: 7000, exitCode: 0 }],
    [
      ['nginx'],
      { 'sim.kubets.io/app.exit-code': '2', 'sim.kubets.io/exit-reason': 'OOMKilled' },
      { exitAfterMs: 0, exitCode: 2, reason: 'OOMKilled' },
    ],
    [['nginx'], { 'sim.kubets.io/other.exit-code': '2' }, { exitCode: 0 }],
  ])('%j %j', (command, annotations, expected) => {
    expect(fakeProcess('app', command, annotations as Record<string, string>)).toEqual(expected);
  });
});

test('addresses are used again only when there are no others', () => {
  const pool = new AddressPool('10.1.2.0/29');
  const taken = Array.from({ length: 5 }, () => pool.take());
  expect(taken).toEqual(['10.1.2.2', '10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6']);
  expect(pool.take()).toBeUndefined();
  pool.release('10.1.2.3');
  expect(pool.take()).toBe('10.1.2.3');
});

describe('runtime', () => {
  async function setUp(command: string[] = [], options: Partial<FakeRuntimeOptions> = {}) {
    const clock = new FakeClock();
    const runtime = fakeRuntime({ clock, random: seededRandom(1), ...options });
    const labels = { 'io.kubernetes.pod.uid': 'u1' };
    const config = { metadata: { name: 'p', uid: 'u1' }, labels };
    const sandbox = await runtime.runPodSandbox(config);
    const id = await runtime.createContainer(
      sandbox,
      { metadata: { name: 'app', attempt: 0 }, labels, image: { image: 'x' }, command },
      config,
    );
    return { clock, runtime, sandbox, id, labels };
  }

  test('created, running, exited', async () => {
    const { clock, runtime, id } = await setUp(['sleep', '3']);
    const state = async () => (await runtime.containerStatus(id))?.state;
    expect(await state()).toBe(ContainerState.CONTAINER_CREATED);
    await runtime.startContainer(id);
    expect(await state()).toBe(ContainerState.CONTAINER_RUNNING);
    await clock.advance(3000);
    expect(await runtime.containerStatus(id)).toMatchObject({
      state: ContainerState.CONTAINER_EXITED,
      exitCode: 0,
      reason: 'Completed',
    });
  });

  test('stopping, removing and listing', async () => {
    const { runtime, sandbox, id, labels } = await setUp();
    await runtime.startContainer(id);
    expect(await runtime.listContainers({ labelSelector: labels })).toHaveLength(1);
    expect(await runtime.listContainers({ labelSelector: { 'io.kubernetes.pod.uid': 'u2' } })).toEqual([]);
    await runtime.stopContainer(id, 1);
    expect(await runtime.containerStatus(id)).toMatchObject({ exitCode: 143, reason: 'Error' });
    const address = (await runtime.podSandboxStatus(sandbox))?.network?.ip;
    expect(address).toBe('10.244.0.2');
    await runtime.stopPodSandbox(sandbox);
    expect((await runtime.podSandboxStatus(sandbox))?.state).toBe(PodSandboxState.SANDBOX_NOTREADY);
    await runtime.removePodSandbox(sandbox);
    expect(await runtime.podSandboxStatus(sandbox)).toBeUndefined();
    expect(await runtime.containerStatus(id)).toBeUndefined();
    await runtime.removeContainer(id);
  });

  test('events', async () => {
    const { runtime, id } = await setUp();
    const stop = new AbortController();
    const seen: (number | undefined)[] = [];
    const reading = (async () => {
      for await (const event of runtime.events!(stop.signal)) seen.push(event.containerEventType);
    })();
    await runtime.startContainer(id);
    await runtime.stopContainer(id, 0);
    await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    stop.abort();
    await reading;
    expect(seen).toEqual([1, 2]);
  });

  test('faults', async () => {
    const error = new Error('no disk');
    const { runtime, id } = await setUp([], {
      fault: (call) => (call === 'startContainer' ? error : undefined),
    });
    await expect(runtime.startContainer(id)).rejects.toBe(error);
    await expect(runtime.startContainer('none')).rejects.toThrow();
  });
});
