import type { EndpointSlice, Endpoints, Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, expect, test } from 'vitest';
import { endpointsController } from '../endpoints/index.ts';
import { endpointSliceMirroringController } from '../endpointslicemirroring/index.ts';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { endpointSliceController } from './index.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const slices = async () =>
  (await cluster.client.list(refs.endpointSlices, { namespace: 'default' })).items as EndpointSlice[];
const service = (spec: object) =>
  cluster.client.create(refs.services, {
    metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
    spec,
  });

async function pod(name: string, spec: object = {}): Promise<Pod> {
  const created = await cluster.createPod({
    metadata: { name, labels: { app: 'web' } },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'web', image: 'web', ports: [{ name: 'http', containerPort: 8080 }] }],
      ...spec,
    },
  });
  await cluster.settle();
  return created;
}

test('endpoints follow pods: ready, then terminating, then gone', async () => {
  cluster = await startCluster([endpointSliceController, endpointsController]);
  await cluster.createNode('n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'z1' } } } as any);
  await service({ selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] });
  await cluster.settle();
  expect(await slices()).toMatchObject([{ endpoints: [], addressType: 'IPv4' }]);
  await pod('a');
  await cluster.runPods();
  const [ready] = await slices();
  expect(ready).toMatchObject({
    metadata: {
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
    },
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['10.244.0.1'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        zone: 'z1',
        targetRef: { kind: 'Pod', name: 'a' },
      },
    ],
  });
  const annotation = 'endpoints.kubernetes.io/last-change-trigger-time';
  expect(ready!.metadata.annotations?.[annotation]).toBe('2026-01-01T00:00:00Z');
  const endpoints = await cluster.get<Endpoints>(refs.endpoints, 'web');
  expect(endpoints?.subsets).toMatchObject([
    { addresses: [{ ip: '10.244.0.1', nodeName: 'n1' }], ports: [{ name: 'http', port: 8080 }] },
  ]);

  await cluster.client.delete(refs.pods, 'a', 'default');
  await cluster.settle();
  expect((await slices())[0]!.endpoints).toMatchObject([
    { conditions: { ready: false, serving: true, terminating: true } },
  ]);
  expect((await cluster.get<Endpoints>(refs.endpoints, 'web'))?.subsets ?? []).toEqual([]);
  await cluster.client.delete(refs.pods, 'a', 'default', { gracePeriodSeconds: 0 });
  await cluster.settle();
  expect(await slices()).toMatchObject([{ endpoints: [] }]);
  await cluster.client.delete(refs.services, 'web', 'default');
  await cluster.settle();
  expect(await cluster.get(refs.endpoints, 'web')).toBeUndefined();
});

test('headless with names, not ready pods published on request', async () => {
  cluster = await startCluster([endpointSliceController]);
  await cluster.createNode('n1');
  await service({ clusterIP: 'None', selector: { app: 'web' }, publishNotReadyAddresses: true });
  const created = await pod('web-0', { hostname: 'web-0', subdomain: 'web' });
  await cluster.setPod(created, { phase: 'Running', podIP: '10.244.0.9', podIPs: [{ ip: '10.244.0.9' }] });
  await cluster.settle();
  const [slice] = await slices();
  expect(slice!.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
  expect(slice!.endpoints).toMatchObject([
    { hostname: 'web-0', addresses: ['10.244.0.9'], conditions: { ready: true, serving: false } },
  ]);
});

test('Endpoints that people write for services without a selector are mirrored', async () => {
  cluster = await startCluster([endpointSliceMirroringController]);
  await service({ ports: [{ port: 80 }] });
  const subsets = [
    { addresses: [{ ip: '192.0.2.7' }], notReadyAddresses: [{ ip: '192.0.2.8' }], ports: [{ port: 80 }] },
  ];
  const created = await cluster.client.create(refs.endpoints, {
    metadata: { name: 'web', namespace: 'default' },
    subsets,
  });
  await cluster.settle();
  expect(await slices()).toMatchObject([
    {
      metadata: {
        labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
      },
      endpoints: [
        { addresses: ['192.0.2.7'], conditions: { ready: true } },
        { addresses: ['192.0.2.8'], conditions: { ready: false } },
      ],
    },
  ]);
  await cluster.client.update(refs.endpoints, { ...created, subsets: [] });
  await cluster.settle();
  expect(await slices()).toEqual([]);
});
