import { afterEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';

let api: TestServer;
afterEach(() => api?.stop());

test('the built-in versions are registered as served right here', async () => {
  api = await startTestServer();
  const names = await api.names('/apis/apiregistration.k8s.io/v1/apiservices');
  expect(names).toEqual(expect.arrayContaining(['v1.', 'v1.apps', 'v2.autoscaling', 'v1.storage.k8s.io']));
  expect(names).not.toContain('v1.apiregistration.k8s.io');
  const apps: any = await api.send('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1.apps');
  expect(apps).toMatchObject({
    metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
    spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 },
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
  });
});
