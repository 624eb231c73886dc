import type { Deployment, EndpointSlice, Service } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, expect, test } from 'vitest';
import { controllers } from './index.ts';
import { podTemplate, recordingLogger, startCluster, type TestCluster } from './testing/test_cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

test('each controller is listed once', async () => {
  cluster = await startCluster([]);
  const names = controllers.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('all together: a deployment behind a service, from nothing to gone, and nobody complains', async () => {
  const lines: string[] = [];
  cluster = await startCluster(controllers, { log: recordingLogger(lines), rootCaPem: 'PEM' });
  await cluster.createNode('n1');
  await cluster.advance(1_000);
  const labels = { app: 'web' };
  await cluster.client.create(refs.services, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await cluster.client.create(refs.deployments, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: podTemplate(labels) },
  });
  await cluster.settle();
  for (const name of await cluster.names(refs.pods)) {
    await cluster.client.createSubresource(refs.pods, name, 'default', 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { kind: 'Node', name: 'n1' },
    });
  }
  await cluster.runPods();
  expect((await cluster.get<Deployment>(refs.deployments, 'web'))?.status?.availableReplicas).toBe(2);
  const { items: slices } = await cluster.client.list(refs.endpointSlices, { namespace: 'default' });
  expect(
    slices.flatMap(({ endpoints }: EndpointSlice) => endpoints!.map(({ addresses }) => addresses[0])).sort(),
  ).toEqual(['10.244.0.1', '10.244.0.2']);
  await cluster.client.delete(refs.deployments, 'web', 'default', { propagationPolicy: 'Background' });
  await cluster.client.delete(refs.services, 'web', 'default');
  await cluster.settle();
  const left = await cluster.client.list(refs.pods, { namespace: 'default' });
  expect(left.items.every(({ metadata }) => metadata.deletionTimestamp)).toBe(true);
  for (const pod of left.items) {
    await cluster.client.delete(refs.pods, pod.metadata.name, 'default', { gracePeriodSeconds: 0 });
  }
  await cluster.settle();
  for (const ref of [refs.replicaSets, refs.endpointSlices, refs.endpoints, refs.pods]) {
    expect(await cluster.names(ref)).toEqual([]);
  }
  expect(await cluster.get<Service>(refs.services, 'web')).toBeUndefined();
  expect(lines).toEqual([]);
});
