import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configMapNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const types = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
});

function patch(path: string, form: string, text: string) {
  return api.call('PATCH', path, {
    body: new TextEncoder().encode(text),
    headers: { 'content-type': form },
  }) as any;
}

const workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};

// Answers of kube-apiserver v1.36.2.
describe('what a patch may not be', () => {
  test.each([
    [
      'json',
      '{}',
      400,
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    [
      'json',
      '[1]',
      400,
      'error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp',
    ],
    [
      'json',
      '[{"op":1}]',
      400,
      'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
    ],
    ['json', '[null]', 422, 'the server rejected our request due to an error in our request'],
    ['json', '[', 400, 'error decoding patch: unexpected end of JSON input'],
    ['json', 'null', 200, ''],
    [
      'merge',
      '[]',
      400,
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    ['merge', 'null', 400, 'Invalid JSON Patch'],
    [
      'merge',
      '{"metadata":null}',
      400,
      'the name of the object (a based on URL) was undeterminable: name must be provided',
    ],
    [
      'merge',
      '{"metadata":{"name":"b"}}',
      400,
      'the name of the object (b) does not match the name on the URL (a)',
    ],
    [
      'merge',
      '{"metadata":{"uid":"x"}}',
      422,
      'ConfigMap "a" is invalid: metadata.uid: Invalid value: "x": field is immutable',
    ],
    ['strategic', '[]', 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['strategic', 'null', 200, ''],
    [
      'strategic',
      '{"data":[]}',
      422,
      ' "" is invalid: patch: Invalid value: "map[data:[]]": cannot restore map from slice',
    ],
    [
      'strategic',
      '{"data":{"x":1}}',
      422,
      ' "" is invalid: patch: Invalid value: "map[data:map[x:1]]": cannot convert int64 to string',
    ],
    [
      'strategic',
      '{"immutable":"x"}',
      422,
      ' "" is invalid: patch: Invalid value: "map[immutable:x]": unrecognized type: bool',
    ],
    [
      'strategic',
      '{"metadata":"x"}',
      422,
      ' "" is invalid: patch: Invalid value: "map[metadata:x]": cannot restore struct from: string',
    ],
    ['strategic', '{"data":{"$patch":"x"}}', 500, 'unknown patch type: x in map: map[$patch:x]'],
    ['apply', '{}', 400, 'invalid object type: /, Kind='],
    [
      'apply',
      '[]',
      400,
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    [
      'apply',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"managedFields":[]}}',
      400,
      'metadata.managedFields must be nil',
    ],
    [
      'apply',
      '{"apiVersion":"v1","kind":"ConfigMap","data":{"x":1}}',
      500,
      'failed to create typed patch object (/; /v1, Kind=ConfigMap): .data.x: expected string, got &value.valueUnstructured{Value:1}',
    ],
  ] as const)('%s %s', async (form, text, status, message) => {
    await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
    const answer = await patch(`${maps}/a${form === 'apply' ? '?fieldManager=me' : ''}`, types[form], text);
    expect(answer.status).toBe(status);
    if (message) expect(answer.object.message).toBe(message);
  });

  test.each(['application/json', 'text/plain', '', 'APPLICATION/MERGE-PATCH+JSON'])('%s', async (type) => {
    await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
    expect((await patch(`${maps}/a`, type, '{}')).object).toMatchObject({
      code: 415,
      message: '415: Unsupported Media Type',
    });
  });
});

test('a patch with unknown and doubled fields', async () => {
  await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
  const text = '{"data":{"x":"1","x":"2"},"foo":1}';
  const strict = await patch(`${maps}/a?fieldValidation=Strict`, types.strategic, text);
  expect(strict.object.message).toBe(
    ' "" is invalid: patch: Invalid value: "map[data:map[x:2] foo:1]": strict decoding error: duplicate field "data.x", unknown field "foo"',
  );
  const warned = await patch(`${maps}/a`, types.merge, text);
  expect(warned.warnings).toEqual(['duplicate field "data.x"', 'unknown field "foo"']);
});

test('an object without a version is of one that knows no field by its name', async () => {
  await api.send('POST', maps, configMapNamed('a', { k: 'v' }));
  for (const [form, text] of [
    ['merge', '{"apiVersion":null}'],
    ['json', '[{"op":"remove","path":"/apiVersion"}]'],
  ] as const) {
    const refused = await patch(`${maps}/a`, types[form], text);
    expect(refused.object.message).toBe(
      'the name of the object (a based on URL) was undeterminable: name must be provided',
    );
  }
  const strict = await patch(`${maps}/a?fieldValidation=Strict`, types.merge, '{"apiVersion":null}');
  expect(strict.object.message).toMatch(
    /: strict decoding error: unknown field "data", unknown field "metadata"$/,
  );
  expect((await patch(`${maps}/a`, types.merge, '{"kind":null}')).status).toBe(200);
});

test('replicas have one owner, under two paths', async () => {
  await api.send('POST', `${deployments}?fieldManager=maker`, workload);
  const scale = (replicas: number) =>
    JSON.stringify({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'd' },
      spec: { replicas },
    });
  const refused = await patch(`${deployments}/d/scale?fieldManager=scaler`, types.apply, scale(3));
  expect(refused.object).toMatchObject({
    code: 409,
    details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.replicas' }] },
  });
  const forced = await patch(`${deployments}/d/scale?fieldManager=scaler&force=true`, types.apply, scale(3));
  expect(forced.object.spec.replicas).toBe(3);
  const { managedFields } = (await api.send('GET', `${deployments}/d`)).metadata;
  expect(managedFields[0]).toEqual({
    manager: 'scaler',
    operation: 'Apply',
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    subresource: 'scale',
  });
  expect(managedFields[1].fieldsV1['f:spec']).not.toHaveProperty('f:replicas');
});

test('whole numbers beyond 2^53 stay exact', async () => {
  await api.send('POST', deployments, workload);
  const text =
    '{"spec":{"template":{"spec":{"tolerations":[{"operator":"Exists","effect":"NoExecute","tolerationSeconds":9007199254740993}]}}}}';
  expect((await patch(`${deployments}/d`, types.merge, text)).status).toBe(200);
  const read = await api.call('GET', `${deployments}/d`);
  const json = new TextDecoder().decode((read as any).stored.json);
  expect(json).toContain('"tolerationSeconds":9007199254740993');
});

test('a pod that asks for more grace than a number can hold is deleted all the same', async () => {
  const text = `{"metadata":{"name":"p"},"spec":{"nodeName":"n","terminationGracePeriodSeconds":9007199254740993,"containers":[{"name":"c","image":"i"}]}}`;
  const headers = { 'content-type': 'application/json' };
  const pods = '/api/v1/namespaces/default/pods';
  expect(await api.call('POST', pods, { body: new TextEncoder().encode(text), headers })).toMatchObject({
    status: 201,
  });
  const deleted = await api.send('DELETE', `${pods}/p`);
  expect(deleted.metadata.deletionTimestamp).toBe('9999-12-31T23:59:59Z');
});
