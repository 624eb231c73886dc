import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, json, podNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
const modified =
  'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

describe('update', () => {
  test('replaces, keeping what no update can change', async () => {
    const made = await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
    const next = await api.send('PUT', `${maps}/a`, { ...made, data: { other: '1' } });
    expect(next.data).toEqual({ other: '1' });
    expect(next.metadata.uid).toBe(made.metadata.uid);
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
  });

  test('of an old revision is a conflict', async () => {
    const made = await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
    await api.send('PUT', `${maps}/a`, { ...made, data: { k: '2' } });
    expect(await api.refusal('PUT', `${maps}/a`, { ...made, data: { k: '3' } })).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: modified,
      details: { name: 'a', kind: 'configmaps' },
    });
  });

  test('without a revision is of whatever is there', async () => {
    await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
    expect((await api.send('PUT', `${maps}/a`, configMapNamed('a', { k: '2' }))).data).toEqual({ k: '2' });
  });

  test('of another object of the same name is a conflict', async () => {
    const made = await api.send('POST', maps, configMapNamed('a'));
    const metadata = { ...made.metadata, uid: 'other', resourceVersion: undefined };
    expect((await api.refusal('PUT', `${maps}/a`, { ...made, metadata })).message).toContain(
      'Precondition failed: UID in precondition: other, UID in object meta:',
    );
  });

  test('that changes nothing writes nothing', async () => {
    const made = await api.send('POST', `${maps}?fieldManager=me`, configMapNamed('a', { k: 'v' }));
    await api.clock.advance(5_000);
    const same = await api.send('PUT', `${maps}/a?fieldManager=me`, made);
    expect(same.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  test('of what is not there', async () => {
    expect(await api.refusal('PUT', `${maps}/a`, configMapNamed('a'))).toMatchObject({ code: 404 });
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    const lease = { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } };
    expect(await api.call('PUT', `${leases}/l`, { body: lease })).toMatchObject({ status: 201 });
  });

  test('another name in the body than in the path', async () => {
    await api.send('POST', maps, configMapNamed('a'));
    expect((await api.refusal('PUT', `${maps}/a`, configMapNamed('b'))).message).toBe(
      'the name of the object (b) does not match the name on the URL (a)',
    );
  });

  test('status and spec each have their own path', async () => {
    const made = await api.send('POST', pods, podNamed('p'));
    const tried = await api.send('PUT', `${pods}/p`, { ...made, status: { phase: 'Running' } });
    expect(tried.status.phase).toBe('Pending');
    const status = { ...made.status, phase: 'Running' };
    const next = await api.send('PUT', `${pods}/p/status`, { ...tried, spec: {}, status });
    expect(next.status.phase).toBe('Running');
    expect(next.spec).toEqual(made.spec);
  });

  test('the generation rises with the spec and not with the status', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const made = await api.send('POST', path, deployment('d'));
    expect(made.metadata.generation).toBe(1);
    const scaled = await api.send('PUT', `${path}/d`, { ...made, spec: { ...made.spec, replicas: 3 } });
    expect(scaled.metadata.generation).toBe(2);
    const counted = await api.send('PUT', `${path}/d/status`, { ...scaled, status: { replicas: 1 } });
    expect(counted.metadata.generation).toBe(2);
  });

  test('concurrent unconditional writers all succeed, one after the other', async () => {
    await api.send('POST', maps, configMapNamed('a'));
    const writes = Array.from({ length: 8 }, (_, i) =>
      api.send('PATCH', `${maps}/a`, { data: { [`k${i}`]: 'v' } }, merge),
    );
    await Promise.all(writes);
    expect(Object.keys((await api.send('GET', `${maps}/a`)).data)).toHaveLength(8);
  });
});

const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
const strategic = { headers: { 'content-type': 'application/strategic-merge-patch+json' } };
const jsonPatch = { headers: { 'content-type': 'application/json-patch+json' } };
const apply = { headers: { 'content-type': 'application/apply-patch+yaml' } };

function deployment(name: string, replicas = 1): any {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'c', image: 'registry.test/app:1' }] },
      },
    },
  };
}

describe('patch', () => {
  beforeEach(async () => {
    await api.send('POST', maps, configMapNamed('a', { k: 'v', l: 'w' }));
  });

  test('JSON, merge', async () => {
    const ops = [
      { op: 'test', path: '/data/k', value: 'v' },
      { op: 'replace', path: '/data/k', value: '2' },
    ];
    expect((await api.send('PATCH', `${maps}/a`, ops, jsonPatch)).data).toEqual({ k: '2', l: 'w' });
    expect((await api.send('PATCH', `${maps}/a`, { data: { k: null } }, merge)).data).toEqual({ l: 'w' });
    expect(await api.refusal('PATCH', `${maps}/a`, ops, jsonPatch)).toMatchObject({ code: 422 });
  });

  test('strategic merges lists by their keys', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    await api.send('POST', path, deployment('d'));
    const patch = {
      spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'registry.test/s:1' }] } } },
    };
    const next = await api.send('PATCH', `${path}/d`, patch, strategic);
    expect(next.spec.template.spec.containers.map((each: any) => each.name).sort()).toEqual(['c', 'sidecar']);
  });

  test('bytes off the wire are read the same', async () => {
    const body = json('{"data":{"n":"1"}}');
    expect((await api.send('PATCH', `${maps}/a`, body, merge)).data.n).toBe('1');
  });

  test('an unknown form', async () => {
    const options = { headers: { 'content-type': 'application/json' } };
    expect(await api.refusal('PATCH', `${maps}/a`, {}, options)).toMatchObject({ code: 415 });
  });

  test('can insist on a revision', async () => {
    const patch = { metadata: { resourceVersion: '1' }, data: { k: '9' } };
    expect((await api.refusal('PATCH', `${maps}/a`, patch, merge)).message).toBe(modified);
  });

  test('can change neither the name nor the kind', async () => {
    expect(await api.refusal('PATCH', `${maps}/a`, { metadata: { name: 'b' } }, merge)).toMatchObject({
      code: 400,
    });
    expect(await api.refusal('PATCH', `${maps}/a`, { kind: 'Secret' }, merge)).toMatchObject({
      code: 422,
      message: expect.stringMatching(/: converting \(v1.Secret\) to \(core.ConfigMap\): unknown conversion$/),
    });
  });

  test('force and fieldManager belong to apply', async () => {
    expect((await api.refusal('PATCH', `${maps}/a?force=true`, {}, merge)).message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
    expect((await api.refusal('PATCH', `${maps}/a`, {}, apply)).message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  });
});

describe('apply', () => {
  test('creates, then changes, then gives up what it no longer says', async () => {
    const path = `${maps}/n?fieldManager=me`;
    const first = await api.call('PATCH', path, { body: configMapNamed('n', { a: '1', b: '1' }), ...apply });
    expect(first).toMatchObject({ status: 201 });
    const second = await api.call('PATCH', path, { body: configMapNamed('n', { a: '2' }), ...apply });
    expect(second).toMatchObject({ status: 200 });
    expect((second as any).object.data).toEqual({ a: '2' });
    expect((second as any).object.metadata.managedFields).toMatchObject([
      { manager: 'me', operation: 'Apply' },
    ]);
  });

  test('of the same again writes nothing', async () => {
    const path = `${maps}/n?fieldManager=me`;
    const first = await api.send('PATCH', path, configMapNamed('n', { a: '1' }), apply);
    await api.clock.advance(60_000);
    const second = await api.send('PATCH', path, configMapNamed('n', { a: '1' }), apply);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  test("of someone else's field is a conflict unless forced", async () => {
    await api.send('PATCH', `${maps}/n?fieldManager=me`, configMapNamed('n', { a: '1' }), apply);
    const refused = await api.refusal(
      'PATCH',
      `${maps}/n?fieldManager=you`,
      configMapNamed('n', { a: '2' }),
      apply,
    );
    expect(refused).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(refused.message).toContain('conflict with "me": .data.a');
    const forced = await api.send(
      'PATCH',
      `${maps}/n?fieldManager=you&force=true`,
      configMapNamed('n', { a: '2' }),
      apply,
    );
    expect(forced.data).toEqual({ a: '2' });
  });

  test('that would create takes the right to create', async () => {
    const patcher = await startTestServer({
      authorizers: [
        {
          name: 'patch only',
          authorize: ({ user, verb }) => ({
            decision: verb === 'patch' || user.groups?.includes('system:masters') ? 'allow' : 'none',
            reason: '',
          }),
        },
      ],
    });
    const options = { ...apply, user: { username: 'x' } };
    const path = `${maps}/n?fieldManager=me`;
    expect((await patcher.refusal('PATCH', path, configMapNamed('n'), options)).message).toBe(
      'configmaps "n" is forbidden: User "x" cannot create resource "configmaps" in API group "" in the namespace "default"',
    );
    await patcher.send('POST', maps, configMapNamed('n'));
    await patcher.send('PATCH', path, configMapNamed('n', { a: '1' }), options);
    await patcher.stop();
  });

  test('two at once create one object and both succeed', async () => {
    const path = (who: string) => `${maps}/n?fieldManager=${who}`;
    await Promise.all([
      api.send('PATCH', path('me'), configMapNamed('n', { a: '1' }), apply),
      api.send('PATCH', path('you'), configMapNamed('n', { b: '1' }), apply),
    ]);
    expect((await api.send('GET', `${maps}/n`)).data).toEqual({ a: '1', b: '1' });
  });

  test('of another kind than the path', async () => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'n' } };
    expect(await api.refusal('PATCH', `${maps}/n?fieldManager=me`, body, apply)).toMatchObject({
      code: 400,
      message: 'invalid object type: /v1, Kind=Secret',
    });
  });
});

describe('scale', () => {
  const path = '/apis/apps/v1/namespaces/default/deployments';

  test('reads and writes the replicas in a kind of its own', async () => {
    await api.send('POST', path, deployment('d', 2));
    const scale = await api.send('GET', `${path}/d/scale`);
    expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 2 } });
    const next = await api.send('PUT', `${path}/d/scale`, { ...scale, spec: { replicas: 5 } });
    expect(next.spec.replicas).toBe(5);
    const patched = await api.send('PATCH', `${path}/d/scale`, { spec: { replicas: 7 } }, merge);
    expect(patched.spec.replicas).toBe(7);
    const object = await api.send('GET', `${path}/d`);
    expect(object.spec.replicas).toBe(7);
    expect(object.metadata.generation).toBe(3);
    expect(await api.refusal('PUT', `${path}/d/scale`, { ...scale, spec: { replicas: 1 } })).toMatchObject({
      code: 409,
    });
  });
});
