import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';

// Answers of kube-apiserver v1.36.2.
const apps = '/apis/apps/v1/namespaces/default';
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const workload = (more: object = {}) => ({
  metadata: { name: 'd' },
  spec: { selector: { matchLabels: { a: 'b' } }, template, ...more },
});
let api: TestServer;

beforeEach(async () => {
  api = await startTestServer();
});
afterEach(async () => {
  await api.stop();
  expect(api.errors).toEqual([]);
});

describe('scale', () => {
  beforeEach(() => api.send('POST', `${apps}/deployments`, workload({ replicas: 1 })));
  const path = `${apps}/deployments/d/scale`;
  const scale = (more: object) => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'd' },
    ...more,
  });

  test.each([
    [
      'no name',
      scale({ metadata: {} }),
      400,
      'the name of the object (d based on URL) was undeterminable: name must be provided',
    ],
    ['nothing', {}, 400, 'the name of the object (d based on URL) was undeterminable: name must be provided'],
    [
      'another uid',
      scale({ metadata: { name: 'd', uid: 'x' } }),
      409,
      'Operation cannot be fulfilled on deployments.apps "d": StorageError: invalid object, Code: 4, Key: /registry/deployments/default/d, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: x, UID in object meta: ',
    ],
    [
      'another version',
      scale({ apiVersion: 'extensions/v1beta1' }),
      400,
      'the API version in the data (extensions/v1beta1) does not match the expected API version (autoscaling/v1)',
    ],
  ])('%s', async (_name, body, code, message) => {
    const refused = await api.refusal('PUT', path, body);
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(message);
  });

  test('to nothing, which is not said', async () => {
    expect((await api.send('PUT', path, scale({ spec: {} }))).spec).toEqual({});
    expect((await api.send('GET', `${apps}/deployments/d`)).spec.replicas).toBe(0);
  });
});

test('the count of templates stays with a DaemonSet, whatever is sent', async () => {
  const annotation = 'deprecated.daemonset.template.generation';
  await api.send('POST', `${apps}/daemonsets`, workload());
  const counts = {
    currentNumberScheduled: 1,
    desiredNumberScheduled: 1,
    numberMisscheduled: 0,
    numberReady: 1,
  };
  const written = await api.send('PUT', `${apps}/daemonsets/d/status`, { ...workload(), status: counts });
  expect(written.metadata.annotations).toEqual({ [annotation]: '1' });
  expect((await api.send('PUT', `${apps}/daemonsets/d`, workload())).metadata.annotations).toEqual({
    [annotation]: '1',
  });
});

test('nobody owns the rules that a role does not have', async () => {
  const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
  const role = await api.send('POST', roles, { metadata: { name: 'r' } });
  expect(role.metadata.managedFields).toBeUndefined();
});

test('the addresses of a pod are owned together', async () => {
  const pods = '/api/v1/namespaces/default/pods';
  await api.send('POST', pods, { metadata: { name: 'p' }, spec: template.spec });
  const { metadata, status } = await api.send(
    'PATCH',
    `${pods}/p/status`,
    { status: { podIP: '10.0.0.1' } },
    { headers: { 'content-type': 'application/merge-patch+json' } },
  );
  expect(status.podIPs).toEqual([{ ip: '10.0.0.1' }]);
  expect(metadata.managedFields.at(-1).fieldsV1).toEqual({
    'f:status': { 'f:podIP': {}, 'f:podIPs': { '.': {}, 'k:{"ip":"10.0.0.1"}': { '.': {}, 'f:ip': {} } } },
  });
});
