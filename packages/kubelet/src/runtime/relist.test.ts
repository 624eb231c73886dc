import { FakeClock, seededRandom, silentLogger } from '@kubets/base';
import { expect, test } from 'vitest';
import { fakeRuntime } from './fake/fake_runtime.ts';
import { createRelist } from './relist.ts';
import type { ContainerRuntime } from './runtime.ts';
import { RuntimeError } from './runtime_error.ts';

async function watch(overrides: Partial<ContainerRuntime>) {
  const clock = new FakeClock();
  const fake = fakeRuntime({ clock, random: seededRandom(1) });
  let looks = 0;
  const changed: string[] = [];
  const problems: (string | undefined)[] = [];
  const runtime: ContainerRuntime = {
    ...fake,
    events: undefined,
    ...overrides,
    listContainers: (filter) => {
      looks++;
      return (overrides.listContainers ?? fake.listContainers)(filter);
    },
  };
  const stop = new AbortController();
  const running = createRelist({
    runtime,
    clock,
    log: silentLogger,
    changed: (uid) => changed.push(uid),
    found() {},
    health: (problem) => problems.push(problem),
  }).run(stop.signal);
  return {
    clock,
    fake,
    changed,
    problems,
    looks: () => looks,
    async stop() {
      stop.abort(new Error('over'));
      await running;
    },
  };
}

const pod = (uid: string) => ({ metadata: { name: 'p', uid }, labels: { 'io.kubernetes.pod.uid': uid } });
const unimplemented = () => {
  throw new RuntimeError('Unimplemented', 'no such method');
};

test('without events it looks each second and tells what has changed', async () => {
  const { clock, fake, changed, looks, stop } = await watch({
    events: unimplemented,
    changes: unimplemented,
  });
  await clock.advance(5500);
  expect(looks()).toBe(6);
  const id = await fake.runPodSandbox(pod('u1'));
  await clock.advance(1000);
  expect(changed).toEqual(['u1']);
  await clock.advance(1000);
  expect(changed).toHaveLength(1);
  await fake.stopPodSandbox(id);
  await clock.advance(1000);
  await fake.removePodSandbox(id);
  await clock.advance(1000);
  expect(changed).toEqual(['u1', 'u1', 'u1']);
  await stop();
});

test('a runtime that says when is looked at at once, and else seldom', async () => {
  let say = () => {};
  const { clock, looks, stop } = await watch({
    async *changes(signal) {
      while (!signal.aborted)
        yield await new Promise((resolve, reject) => {
          say = () => resolve(undefined);
          signal.addEventListener('abort', () => reject(signal.reason));
        });
    },
  });
  await clock.advance(60_000);
  const before = looks();
  expect(before).toBeLessThan(25);
  say();
  await clock.advance(100);
  expect(looks()).toBe(before + 1);
  await stop();
});

test('with events it hardly looks at all', async () => {
  const clock = new FakeClock();
  const events = fakeRuntime({ clock, random: seededRandom(1) }).events!;
  const { clock: time, looks, stop } = await watch({ events });
  await time.advance(200_000);
  expect(looks()).toBeLessThan(14);
  await stop();
});

test('a runtime that can’t be listed', async () => {
  let broken = true;
  const { clock, problems, stop } = await watch({
    async listContainers() {
      if (broken) throw new RuntimeError('Unavailable', 'gone');
      return [];
    },
  });
  await clock.advance(500);
  broken = false;
  await clock.advance(1000);
  expect(problems).toEqual(['gone', undefined]);
  await stop();
});
