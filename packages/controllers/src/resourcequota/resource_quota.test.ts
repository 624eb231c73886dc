import type { KubeObject, ResourceQuota } from '@kubets/api';
import { refs } from '@kubets/client';
import { countedType, isInScope, quotaUsage, usageOf } from '@kubets/resources';
import { afterEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { resourceQuotaController } from './index.ts';

const now = Date.UTC(2026, 0, 1);
const pod = (spec: object, status: object = {}, metadata: object = {}) =>
  ({ metadata, spec: { containers: [], ...spec }, status }) as unknown as KubeObject;
const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { memory } });

describe('usage', () => {
  test.each([
    ['pods', 'pods'],
    ['requests.cpu', 'pods'],
    ['limits.memory', 'pods'],
    ['count/deployments.apps', 'deployments.apps'],
    ['services.nodeports', 'services'],
    ['requests.storage', 'persistentvolumeclaims'],
    ['fast.storageclass.storage.k8s.io/requests.storage', 'persistentvolumeclaims'],
    ['secrets', 'secrets'],
    ['gold.deviceclass.resource.k8s.io/devices', 'resourceclaims.resource.k8s.io'],
  ])('%s counts %s', (name, type) => expect(countedType(name)).toBe(type));

  test('of pods: containers together, with overhead; finished ones take nothing', () => {
    const containers = [{ resources: resources('100m', '1Gi') }, { resources: resources('200m', '1Gi') }];
    expect(usageOf('pods', pod({ containers, overhead: { cpu: '50m' } }), now)).toMatchObject({
      pods: '1',
      cpu: '350m',
      'requests.cpu': '350m',
      'requests.memory': '2Gi',
      'limits.memory': '2Gi',
      'count/pods': '1',
    });
    expect(usageOf('pods', pod({}, { phase: 'Succeeded' }), now)).toEqual({ 'count/pods': '1' });
  });

  test('of services and claims', () => {
    const ports = [
      { port: 1, nodePort: 30001 },
      { port: 2, nodePort: 30002 },
    ];
    const service = (type: string) => ({ spec: { type, ports } }) as unknown as KubeObject;
    expect(usageOf('services', service('NodePort'), now)).toMatchObject({ 'services.nodeports': '2' });
    expect(usageOf('services', service('LoadBalancer'), now)).toMatchObject({
      'services.loadbalancers': '1',
    });
    const claim = { spec: { storageClassName: 'fast', resources: { requests: { storage: '5Gi' } } } };
    expect(usageOf('persistentvolumeclaims', claim as unknown as KubeObject, now)).toMatchObject({
      'requests.storage': '5Gi',
      'fast.storageclass.storage.k8s.io/requests.storage': '5Gi',
      'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    });
  });

  const quota = (spec: object) => ({ spec }) as unknown as ResourceQuota;
  test.each([
    [{ scopes: ['BestEffort'] }, pod({}), true],
    [{ scopes: ['NotBestEffort'] }, pod({}), false],
    [{ scopes: ['Terminating'] }, pod({ activeDeadlineSeconds: 5 }), true],
    [
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }],
        },
      },
      pod({ priorityClassName: 'high' }),
      true,
    ],
    [
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'NotIn', values: ['high'] }],
        },
      },
      pod({ priorityClassName: 'high' }),
      false,
    ],
  ])('scope %j', (spec, object, expected) => expect(isInScope(quota(spec), 'pods', object)).toBe(expected));

  test('every name of the quota has an amount', () => {
    const hard = { pods: '5', 'requests.cpu': '1', secrets: '3' };
    const pods = [pod({ containers: [{ resources: resources('250m', '1Gi') }] }), pod({})];
    expect(quotaUsage(quota({ hard }), new Map([['pods', pods]]), now)).toEqual({
      pods: '2',
      'requests.cpu': '250m',
      secrets: '0',
    });
  });
});

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test('the status follows what comes and goes', async () => {
  cluster = await startCluster([resourceQuotaController]);
  const { client } = cluster;
  const hard = { configmaps: '5', pods: '2', 'count/deployments.apps': '1' };
  await client.create(refs.resourceQuotas, { metadata: { name: 'q', namespace: 'default' }, spec: { hard } });
  const status = async () => (await cluster!.get<ResourceQuota>(refs.resourceQuotas, 'q'))!.status;
  await cluster.settle();
  expect(await status()).toEqual({
    hard,
    used: { configmaps: '0', pods: '0', 'count/deployments.apps': '0' },
  });
  await client.create(refs.configMaps, { metadata: { name: 'a', namespace: 'default' } });
  const created = await cluster.createPod({
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'c' }] },
  });
  await cluster.advance(200);
  expect((await status())?.used).toMatchObject({ configmaps: '1', pods: '1' });
  await cluster.setPod(created, { phase: 'Succeeded' });
  await client.delete(refs.configMaps, 'a', 'default');
  await cluster.advance(200);
  expect((await status())?.used).toMatchObject({ configmaps: '0', pods: '0' });
});
