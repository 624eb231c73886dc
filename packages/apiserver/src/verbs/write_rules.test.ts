import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

const put = (metadata: object) => api.refusal('PUT', `${maps}/a`, { metadata });
const remove = (options: object) => api.refusal('DELETE', `${maps}/a`, options);

describe('create', () => {
  test('a resourceVersion that is no number is none', async () => {
    await api.send('POST', maps, configMapNamed('a', {}, { resourceVersion: 'abc' }));
    expect(await api.refusal('POST', maps, configMapNamed('b', {}, { resourceVersion: '5' }))).toMatchObject({
      code: 500,
      message: 'resourceVersion should not be set on objects to be created',
    });
  });

  test('repeated owners are named', async () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u-1' };
    const result: any = await api.call('POST', maps, {
      body: configMapNamed('a', {}, { ownerReferences: [owner, owner] }),
    });
    expect(result.warnings).toEqual([expect.stringMatching(/; duplicate UID\(s\) observed: u-1$/)]);
    expect(result.object.metadata.ownerReferences).toHaveLength(1);
  });
});

describe('update', () => {
  beforeEach(() => api.send('POST', maps, configMapNamed('a')));

  test('says whose update it is', async () => {
    expect(await put({})).toMatchObject({
      code: 400,
      message: 'the name of the object (a based on URL) was undeterminable: name must be provided',
    });
    expect((await put({ name: 'a', uid: 'other' })).message).toMatch(
      /^Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: \/registry\/configmaps\/default\/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: /,
    );
    expect(await put({ name: 'a', resourceVersion: 'abc' })).toMatchObject({
      code: 500,
      message: 'strconv.ParseUint: parsing "abc": invalid syntax',
    });
  });

  test('can not begin a deletion', async () => {
    const refused = await put({ name: 'a', deletionTimestamp: '2001-01-01T00:00:00Z' });
    expect(refused.message).toBe(
      'ConfigMap "a" is invalid: metadata.deletionTimestamp: Invalid value: "2001-01-01T00:00:00Z": field is immutable',
    );
    // Told by the rules of all kinds, then by the kind's own.
    expect(refused.details!.causes).toHaveLength(2);
  });

  test('of the status creates where the kind allows it, as upstream does', async () => {
    const services = '/api/v1/namespaces/default/services';
    const made = await api.call('PUT', `${services}/s/status`, {
      body: { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
    });
    expect(made).toMatchObject({ status: 201, object: { metadata: { name: 's' } } });
  });
});

describe('delete', () => {
  beforeEach(() => api.send('POST', maps, configMapNamed('a')));

  test('preconditions name the kind', async () => {
    expect(await remove({ preconditions: { uid: 'x' } })).toMatchObject({
      code: 409,
      message: expect.stringMatching(
        /^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(x\) does not match the UID in record \(.+\)\. The object might have been deleted and then recreated$/,
      ),
      details: { name: 'a', kind: 'ConfigMap' },
    });
    expect((await api.refusal('DELETE', `${maps}/a?resourceVersion=1`)).message).toMatch(
      /the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)\. The object might have been modified$/,
    );
  });

  test('namespaces have words of their own', async () => {
    expect(
      await api.refusal('DELETE', '/api/v1/namespaces/default', { preconditions: { uid: 'x' } }),
    ).toMatchObject({
      message: expect.stringMatching(
        /^Operation cannot be fulfilled on namespaces "default": Precondition failed: UID in precondition: x, UID in object meta: /,
      ),
    });
  });

  test('a collection answers with what it held; a precondition that fails is told', async () => {
    await api.send('POST', maps, configMapNamed('b', {}, { finalizers: ['x.y/z'] }));
    expect(await api.refusal('DELETE', maps, { preconditions: { uid: 'x' } })).toMatchObject({ code: 409 });
    const result: any = await api.call('DELETE', `${maps}?fieldSelector=metadata.name%3Db`);
    expect(result.items[0].object.metadata).not.toHaveProperty('deletionTimestamp');
    expect((await api.send('GET', `${maps}/b`)).metadata.deletionTimestamp).toBeDefined();
  });
});
