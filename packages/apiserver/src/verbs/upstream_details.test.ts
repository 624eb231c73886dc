// Details of answers that were compared with kube-apiserver v1.36.2, over several verbs and kinds.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { podNamed, startTestServer, type TestServer } from '../testing/test_server.ts';

let api: TestServer;
beforeEach(async () => {
  api = await startTestServer();
});
afterEach(() => api.stop());

const apply = { headers: { 'content-type': 'application/apply-patch+yaml' } };
const merge = { headers: { 'content-type': 'application/merge-patch+json' } };
const maps = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));

describe('an applied configuration that fits no struct', () => {
  const kinds = {
    'a time': [maps, { metadata: { name: 'a', creationTimestamp: 'bad' } }, 'cannot parse "bad" as "2006"'],
    bytes: [
      maps,
      { binaryData: { a: '%%' } },
      'error decoding from json: illegal base64 data at input byte 0',
    ],
  } as const;
  test.each(Object.entries(kinds))('%s', async (_what, [collection, fields, why]) => {
    const body = bytes({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...fields });
    const refused = await api.refusal('PATCH', `${collection}/a?fieldManager=m`, body, apply);
    expect(refused.code).toBe(500);
    expect(refused.message).toContain(
      'failed to convert new object (/a; /v1, Kind=ConfigMap) to proper version: unable to convert unstructured object to /v1, Kind=ConfigMap: ',
    );
    expect(refused.message).toContain(why);
  });
});

describe('deletes', () => {
  test('answer with the group of the request', async () => {
    const events = '/apis/events.k8s.io/v1/namespaces/default/events';
    const body = {
      metadata: { name: 'e' },
      eventTime: '2024-01-01T00:00:00.000000Z',
      reportingController: 'a/b',
      reportingInstance: 'i',
      action: 'a',
      reason: 'r',
      type: 'Normal',
      regarding: { namespace: 'default' },
    };
    await api.send('POST', events, body);
    // Nothing depends on events: they wait for no garbage collector.
    const answer: any = await api.send('DELETE', `${events}/e`, { propagationPolicy: 'Foreground' });
    expect(answer).toMatchObject({ status: 'Success', details: { group: 'events.k8s.io', kind: 'events' } });
  });
});

describe('tables', () => {
  const table = (path: string) => api.call('GET', path);
  test('are not made of some subresources', async () => {
    await api.send('POST', pods, podNamed('p'));
    for (const part of ['resize', 'ephemeralcontainers'])
      expect(((await table(`${pods}/p/${part}`)) as any).columns).toBeUndefined();
    expect(((await table(`${pods}/p/status`)) as any).columns.length).toBeGreaterThan(3);
  });
  test('are made of scales', async () => {
    const path = '/api/v1/namespaces/default/replicationcontrollers';
    const template = { metadata: { labels: { a: 'b' } }, spec: (podNamed('p') as any).spec };
    await api.send('POST', path, {
      metadata: { name: 'rc' },
      spec: { replicas: 2, selector: { a: 'b' }, template },
    });
    const { columns, object }: any = await table(`${path}/rc/scale`);
    expect(columns.map((column: any) => [column.name, column.value(object, api.clock.now())])).toEqual([
      ['Name', 'rc'],
      ['Desired', 2],
      ['Available', 0],
      ['Age', '0s'],
    ]);
  });
});

test('an annotation of AppArmor becomes a field, with a warning', async () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/c';
  const pod: any = podNamed('p', { metadata: { annotations: { [key]: 'unconfined' } } });
  pod.spec.containers[0].name = 'c';
  const { object, warnings }: any = await api.call('POST', pods, { body: pod });
  expect(object.spec.containers[0].securityContext.appArmorProfile).toEqual({ type: 'Unconfined' });
  expect(warnings).toContain(
    `metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`,
  );
});

test('who takes a condition away owns nothing of it', async () => {
  const path = '/apis/networking.k8s.io/v1/servicecidrs';
  await api.send('POST', path, { metadata: { name: 'c' }, spec: { cidrs: ['10.77.0.0/24'] } });
  const condition = {
    type: 'Ready',
    status: 'True',
    lastTransitionTime: '2024-01-01T00:00:00Z',
    reason: 'R',
    message: '',
  };
  await api.send('PUT', `${path}/c/status`, { metadata: { name: 'c' }, status: { conditions: [condition] } });
  const after: any = await api.send('PUT', `${path}/c/status`, { metadata: { name: 'c' } });
  expect(after.metadata.managedFields.map((entry: any) => entry.subresource)).toEqual([undefined]);
});

test('flow schemas say who judged their reference', async () => {
  const schema: any = await api.send('GET', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt');
  const entry = schema.metadata.managedFields.find((each: any) => each.subresource === 'status');
  expect(entry).toMatchObject({
    manager: 'api-priority-and-fairness-config-consumer-v1',
    operation: 'Apply',
  });
});

test('a watch with a time in the past ends with an error', async () => {
  const watch = await api.watch(`${maps}?watch=1&timeoutSeconds=-1`);
  await watch.settle();
  expect(watch.seen).toEqual(['ERROR context deadline exceeded']);
});

test('a network policy with an empty list is another one', async () => {
  const path = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';
  await api.send('POST', path, { metadata: { name: 'n' }, spec: { podSelector: {} } });
  const patch = async (spec: object): Promise<number> =>
    ((await api.send('PATCH', `${path}/n`, bytes({ spec }), merge)) as any).metadata.generation;
  expect(await patch({ ingress: [] })).toBe(2);
  expect(await patch({ ingress: null })).toBe(2);
  expect(await patch({ podSelector: { matchLabels: {} } })).toBe(3);
});

test('a volume follows its nodes to labels that are no beta any more', async () => {
  const path = '/api/v1/persistentvolumes';
  const affinity = (key: string) => ({
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: ['z'] }] }] },
  });
  const spec = {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    csi: { driver: 'a.b', volumeHandle: 'h' },
    nodeAffinity: affinity('failure-domain.beta.kubernetes.io/zone'),
  };
  await api.send('POST', path, { metadata: { name: 'v' }, spec });
  const patch = (key: string) => bytes({ spec: { nodeAffinity: affinity(key) } });
  const refused = await api.refusal('PATCH', `${path}/v`, patch('other/zone'), merge);
  expect(refused.message).toContain('"Key":"other/zone"');
  const moved: any = await api.send('PATCH', `${path}/v`, patch('topology.kubernetes.io/zone'), merge);
  expect(moved.spec.nodeAffinity).toEqual(affinity('topology.kubernetes.io/zone'));
});

test('version 1 of an autoscaler carries its behavior as upstream writes it', async () => {
  const at = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
  const behavior = { scaleUp: { stabilizationWindowSeconds: 5, tolerance: '100m' } };
  const spec = { scaleTargetRef: { kind: 'D', name: 'd', apiVersion: 'apps/v1' }, maxReplicas: 3, behavior };
  await api.send('POST', at('v2'), { metadata: { name: 'h' }, spec });
  const one: any = await api.send('GET', `${at('v1')}/h`);
  expect(one.metadata.annotations['autoscaling.alpha.kubernetes.io/behavior']).toContain(
    '{"ScaleUp":{"StabilizationWindowSeconds":5,"SelectPolicy":"Max",',
  );
  await api.send('PATCH', `${at('v1')}/h`, bytes({ spec: { maxReplicas: 4 } }), merge);
  const two: any = await api.send('GET', `${at('v2')}/h`);
  expect(two.spec.behavior.scaleUp).toMatchObject(behavior.scaleUp);
});
