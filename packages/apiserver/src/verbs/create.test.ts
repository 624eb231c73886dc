import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, json, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

describe('create', () => {
  test('gives what only the server knows and answers 201', async () => {
    const result = await api.call('POST', maps, { body: configMapNamed('a', { k: 'v' }) });
    expect(result).toMatchObject({ type: 'object', status: 201 });
    const made: any = (result as any).object;
    expect(made.metadata).toMatchObject({
      name: 'a',
      namespace: 'default',
      creationTimestamp: '2026-01-01T00:00:00Z',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      resourceVersion: expect.stringMatching(/^\d+$/),
    });
    expect(made.data).toEqual({ k: 'v' });
    expect(await api.send('GET', `${maps}/a`)).toEqual(made);
  });

  test('ignores system fields of the caller and notes who set the others', async () => {
    const body = configMapNamed('a', { k: 'v' }, { uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z' });
    const made = await api.send('POST', `${maps}?fieldManager=me`, body);
    expect(made.metadata.uid).not.toBe('mine');
    expect(made.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(made.metadata.managedFields).toEqual([
      {
        manager: 'me',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { '.': {}, 'f:k': {} } },
      },
    ]);
  });

  test('what is empty is seen by the rules, but neither stored nor tracked', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    const pod = (resources: object) => ({
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }], resources },
    });
    expect(await api.refusal('POST', pods, pod({ claims: [] }))).toMatchObject({
      code: 422,
      message: expect.stringContaining('spec.resources.claims: Forbidden: '),
    });
    const made = await api.send('POST', maps, {
      metadata: { name: 'a', labels: {}, finalizers: [] },
      data: {},
    });
    expect(made.data).toBeUndefined();
    expect(Object.keys(made.metadata)).not.toContain('labels');
    expect(made.metadata.managedFields).toBeUndefined();
    const path = `${maps}/a`;
    const patched = await api.send(
      'PATCH',
      path,
      { metadata: { annotations: {} } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    );
    expect(patched.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  test('a resourceVersion is refused by the store, after all else; a dry run says it back', async () => {
    const body = configMapNamed('a', {}, { resourceVersion: '5' });
    expect(await api.refusal('POST', maps, body)).toMatchObject({ code: 500 });
    const odd = configMapNamed('A b', {}, { resourceVersion: '5' });
    expect(await api.refusal('POST', maps, odd)).toMatchObject({ code: 422 });
    const result: any = await api.call('POST', `${maps}?dryRun=All`, { body });
    expect(JSON.parse(new TextDecoder().decode(result.stored.json)).metadata.resourceVersion).toBe('5');
  });

  test('a name that is taken', async () => {
    await api.send('POST', maps, configMapNamed('a'));
    expect(await api.refusal('POST', maps, configMapNamed('a'))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
    });
    await api.send('POST', maps, configMapNamed('b', {}, { finalizers: ['example.com/f'] }));
    await api.send('DELETE', `${maps}/b`);
    for (const query of ['', '?dryRun=All'])
      expect(await api.refusal('POST', maps + query, configMapNamed('b'))).toMatchObject({
        code: 409,
        message: 'object is being deleted: configmaps "b" already exists',
      });
  });

  test('generateName tries other names when one is taken', async () => {
    const names = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const made = await api.send('POST', maps, { metadata: { generateName: 'x-' } });
      names.add(made.metadata.name);
    }
    expect(names.size).toBe(20);
    for (const name of names) expect(name).toMatch(/^x-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('without a name', async () => {
    expect(await api.refusal('POST', maps, { data: {} })).toMatchObject({
      code: 422,
      message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    });
  });

  test('another namespace in the body than in the path', async () => {
    const body = configMapNamed('a', {}, { namespace: 'other' });
    expect(await api.refusal('POST', maps, body)).toMatchObject({
      code: 400,
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    });
  });

  test('a resource version', async () => {
    const body = configMapNamed('a', {}, { resourceVersion: '5' });
    expect((await api.refusal('POST', maps, body)).message).toBe(
      'resourceVersion should not be set on objects to be created',
    );
  });

  test('another kind or version than the path serves', async () => {
    expect(
      await api.refusal('POST', maps, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } }),
    ).toMatchObject({
      code: 400,
      message:
        'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    });
    expect(
      await api.refusal('POST', maps, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }),
    ).toMatchObject({ code: 400 });
  });

  test('dryRun=All answers with the object and writes nothing', async () => {
    const made = await api.send('POST', `${maps}?dryRun=All`, configMapNamed('a', { k: 'v' }));
    expect(made.data).toEqual({ k: 'v' });
    expect(made.metadata.resourceVersion).toBeUndefined();
    expect(await api.refusal('GET', `${maps}/a`)).toMatchObject({ code: 404 });
    expect(await api.refusal('POST', `${maps}?dryRun=Some`, configMapNamed('a'))).toMatchObject({
      code: 422,
      message:
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    });
  });

  test('an in-process caller keeps what it gave: the stored object shares nothing with it', async () => {
    const data = { k: 'v' };
    await api.send('POST', maps, { metadata: { name: 'a' }, data });
    data.k = 'changed';
    expect((await api.send('GET', `${maps}/a`)).data).toEqual({ k: 'v' });
  });
});

describe('bodies', () => {
  const post = (body: Uint8Array, contentType: string, query = '') =>
    api.call('POST', maps + query, { body, headers: { 'content-type': contentType } });

  test('JSON, YAML and protobuf', async () => {
    const { encodeUnknown } = await import('@kubets/api');
    const made = [
      await post(json(configMapNamed('a', { k: 'v' })), 'application/json; charset=utf-8'),
      await post(json('metadata: {name: b}\ndata:\n  k: v\n'), 'application/yaml'),
      await post(
        encodeUnknown('v1', 'ConfigMap', 'core.v1.ConfigMap', configMapNamed('c', { k: 'v' })),
        'application/vnd.kubernetes.protobuf',
      ),
    ];
    for (const result of made) {
      expect((result as any).status).toBe(201);
      expect((result as any).object.data).toEqual({ k: 'v' });
    }
  });

  test('unknown forms', async () => {
    expect(await post(json('x'), 'text/plain')).toMatchObject({ status: 415 });
    expect(await post(json('{'), 'application/json')).toMatchObject({ status: 400 });
    expect(await post(json(''), 'application/json')).toMatchObject({ status: 400 });
    expect(await post(json('[]'), 'application/json')).toMatchObject({ status: 400 });
    // Null is an object without fields, which has no name.
    expect(await post(json('null'), 'application/json')).toMatchObject({ status: 422 });
  });

  const doubtful = '{"metadata":{"name":"a","foo":1},"data":{"k":"1","k":"2"},"dat":{}}';

  test('fieldValidation=Strict refuses unknown and duplicate fields', async () => {
    const result: any = await post(json(doubtful), 'application/json', '?fieldValidation=Strict');
    expect(result.object).toMatchObject({
      code: 400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.foo", duplicate field "data.k", unknown field "dat"',
    });
  });

  test('by default they are dropped with a warning each, with Ignore without', async () => {
    const warned: any = await post(json(doubtful), 'application/json');
    expect(warned.status).toBe(201);
    expect(warned.object.dat).toBeUndefined();
    expect([...warned.warnings].sort()).toEqual([
      'duplicate field "data.k"',
      'unknown field "dat"',
      'unknown field "metadata.foo"',
    ]);
    const again = doubtful.replace('"a"', '"b"');
    const ignored: any = await post(json(again), 'application/json', '?fieldValidation=Ignore');
    expect(ignored.warnings ?? []).toEqual([]);
  });

  test('values of the wrong type', async () => {
    const result: any = await post(json('{"metadata":{"name":"a"},"data":{"k":1}}'), 'application/json');
    expect(result.object.message).toContain('json: cannot unmarshal number');
    expect(result.status).toBe(400);
  });
});
