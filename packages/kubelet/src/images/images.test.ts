import type { Secret } from '@kubets/api';
import { FakeClock, seededRandom, silentLogger } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { testPod } from '../pod/fixtures.ts';
import { fakeRuntime } from '../runtime/fake/fake_runtime.ts';
import { RuntimeError } from '../runtime/runtime_error.ts';
import { createImageGc } from './image_gc.ts';
import { parseImageName, withDefaultTag } from './image_name.ts';
import { createImagePuller } from './image_puller.ts';
import { pullCredentials } from './pull_credentials.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('image names', () => {
  test.each([
    ['busybox', { registry: 'docker.io', repository: 'library/busybox' }],
    ['busybox:1.36', { registry: 'docker.io', repository: 'library/busybox', tag: '1.36' }],
    ['kubets/app:1', { registry: 'docker.io', repository: 'kubets/app', tag: '1' }],
    ['localhost/app', { registry: 'localhost', repository: 'app' }],
    ['registry:5000/a/b:t', { registry: 'registry:5000', repository: 'a/b', tag: 't' }],
    [`quay.io/x@${digest}`, { registry: 'quay.io', repository: 'x', digest }],
    ['index.docker.io/library/nginx', { registry: 'docker.io', repository: 'library/nginx' }],
  ])('%s', (name, expected) => {
    expect(parseImageName(name)).toMatchObject(expected);
  });
  test.each(['', 'Upper/Case', 'a b', 'x:', 'x@sha256:12', 'a//b', ':tag'])('%j is none', (name) => {
    expect(parseImageName(name)).toBeUndefined();
  });
  test.each([
    ['busybox', 'busybox:latest'],
    ['busybox:1', 'busybox:1'],
    [`x@${digest}`, `x@${digest}`],
    ['registry:5000/x', 'registry:5000/x:latest'],
  ])('%s -> %s', (name, expected) => {
    expect(withDefaultTag(name)).toBe(expected);
  });
});

describe('credentials', () => {
  const secret = (auths: object): Secret =>
    ({
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': btoa(JSON.stringify({ auths })) },
    }) as unknown as Secret;
  const auth = (user: string) => ({ auth: btoa(`${user}:pass:word`) });
  const users = (image: string, auths: object) =>
    pullCredentials(image, [secret(auths)]).map(({ username }) => username);

  test.each([
    ['quay.io/a/b', { 'quay.io': auth('q') }, ['q']],
    ['busybox', { 'https://index.docker.io/v1/': auth('d') }, ['d']],
    [
      'reg.io/team/app',
      { 'reg.io': auth('all'), 'reg.io/team': auth('team'), 'reg.io/other': auth('o') },
      ['team', 'all'],
    ],
    ['a.reg.io/x', { '*.reg.io': auth('glob'), 'reg.io': auth('not') }, ['glob']],
    ['other.io/x', { 'quay.io': auth('q') }, []],
    ['reg.io:5000/x', { 'https://reg.io:5000/v2/': auth('port') }, ['port']],
  ])('%s', (image, auths, expected) => {
    expect(users(image, auths)).toEqual(expected);
  });

  test('passwords may hold colons; what can’t be read is passed over', () => {
    const broken = { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': btoa('{') } };
    const [found] = pullCredentials('quay.io/x', [
      broken as unknown as Secret,
      secret({ 'quay.io': auth('u') }),
    ]);
    expect(found).toMatchObject({ username: 'u', password: 'pass:word' });
  });
});

describe('pulling', () => {
  function setUp(missing: string[] = [], present = true) {
    const clock = new FakeClock();
    const pulls: (string | undefined)[] = [];
    const runtime = fakeRuntime({
      clock,
      random: seededRandom(1),
      missing: (image) => missing.includes(image),
    });
    const known = new Set<string>();
    const puller = createImagePuller({
      clock,
      runtime: {
        ...runtime,
        imageStatus: async (name) => (present || known.has(name) ? runtime.imageStatus(name) : undefined),
        async pullImage(name, auth) {
          pulls.push(auth?.username);
          const ref = await runtime.pullImage(name, auth);
          known.add(name);
          return ref;
        },
      },
    });
    const events: string[] = [];
    const ensure = (image: string, imagePullPolicy?: string) =>
      puller.ensure({
        pod: testPod(),
        container: { image, imagePullPolicy },
        secrets: [],
        event: (_type, reason, message) => events.push(`${reason}: ${message}`),
      });
    return { clock, ensure, events, pulls };
  }

  test.each([
    ['IfNotPresent', 'app:1', 0],
    ['Never', 'app:1', 0],
    ['Always', 'app:1', 1],
    [undefined, 'app:1', 0],
    [undefined, 'app', 1],
  ])('%s of a present %s pulls %i times', async (policy, image, count) => {
    const { ensure, pulls } = setUp();
    expect(await ensure(image, policy)).toMatchObject({ ok: true });
    expect(pulls).toHaveLength(count);
  });

  test('an absent one is pulled, and told of', async () => {
    const { ensure, events } = setUp([], false);
    expect(await ensure('app:1', 'IfNotPresent')).toMatchObject({ ok: true, imageRef: 'app:1' });
    expect(events).toEqual([
      'Pulling: Pulling image "app:1"',
      'Pulled: Successfully pulled image "app:1" in 0ms (0ms including waiting). Image size: 5000000 bytes.',
    ]);
  });

  test('Never and absent', async () => {
    expect(await setUp(['app:1']).ensure('app:1', 'Never')).toEqual({
      ok: false,
      reason: 'ErrImageNeverPull',
      message: 'Container image "app:1" is not present with pull policy of Never',
    });
  });

  test('no name at all', async () => {
    expect(await setUp().ensure('UPPER')).toMatchObject({ ok: false, reason: 'InvalidImageName' });
  });

  test('failures back off, longer each time', async () => {
    const { clock, ensure } = setUp(['app:1']);
    const first = await ensure('app:1');
    expect(first).toMatchObject({ ok: false, reason: 'ErrImagePull' });
    const second = await ensure('app:1');
    expect(second).toMatchObject({ reason: 'ImagePullBackOff', until: clock.now() + 10_000 });
    expect(!second.ok && second.message).toMatch(/^Back-off pulling image "app:1": ErrImagePull: /);
    await clock.advance(10_000);
    expect(await ensure('app:1')).toMatchObject({ reason: 'ErrImagePull' });
    expect(await ensure('app:1')).toMatchObject({ until: clock.now() + 20_000 });
  });
});

describe('image GC', () => {
  const gib = 2 ** 30;
  async function collect(availableGib: number, options: object = {}) {
    const clock = new FakeClock();
    const runtime = fakeRuntime({ clock, random: seededRandom(1) });
    for (const name of ['old:1', 'pinned:1', 'new:1']) await runtime.imageStatus(name);
    const removed: string[] = [];
    const stop = new AbortController();
    const gc = createImageGc({
      runtime: {
        ...runtime,
        async removeImage(name) {
          if (name === 'new:1') throw new RuntimeError('Other', 'in use');
          removed.push(name);
        },
      },
      clock,
      log: silentLogger,
      usage: async () => ({
        capacityBytes: 100 * gib,
        availableBytes: availableGib * gib,
        usedBytes: 0,
        inodes: 1,
        inodesFree: 1,
      }),
      pinned: ['pinned*'],
      ...options,
    });
    const running = gc.run(stop.signal);
    await clock.advance(601_000);
    stop.abort();
    await running;
    return removed;
  }

  test.each([
    ['a disk with room', 20, {}, []],
    ['a full one', 10, {}, ['old:1']],
    ['switched off', 1, { highThresholdPercent: 100 }, []],
  ])('%s', async (_, available, options, expected) => {
    expect(await collect(available, options)).toEqual(expected);
  });
});
