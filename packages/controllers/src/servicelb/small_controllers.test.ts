import type { ClusterRole, ReplicationController, Service, ServiceCIDR } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, expect, test } from 'vitest';
import { bootstrapTokenCleaner } from '../bootstraptoken/index.ts';
import { clusterRoleAggregationController } from '../clusterroleaggregation/index.ts';
import { replicationControllerController } from '../replicationcontroller/index.ts';
import { serviceCidrController } from '../servicecidr/index.ts';
import { podTemplate, startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { serviceLbController } from './index.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

test('a load balancer has the addresses of the nodes', async () => {
  cluster = await startCluster([serviceLbController]);
  await cluster.createNode('n1');
  await cluster.client.create(refs.services, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  await cluster.settle();
  const ingress = async () =>
    (await cluster.get<Service>(refs.services, 'web'))?.status?.loadBalancer?.ingress;
  expect(await ingress()).toMatchObject([{ ip: '192.0.2.1' }]);
  await cluster.createNode('n2', { status: { addresses: [{ type: 'InternalIP', address: '192.0.2.2' }] } });
  await cluster.settle();
  expect((await ingress())?.map(({ ip }) => ip)).toEqual(['192.0.2.1', '192.0.2.2']);
  await cluster.client.patch(refs.services, 'web', 'default', 'merge', {
    spec: { externalTrafficPolicy: 'Local' },
  });
  await cluster.settle();
  expect(await ingress()).toBeUndefined();
  await cluster.client.patch(refs.services, 'web', 'default', 'merge', {
    spec: { type: 'ClusterIP', externalTrafficPolicy: null, allocateLoadBalancerNodePorts: null },
  });
  await cluster.settle();
  expect(await ingress()).toBeUndefined();
});

test('a role made of others has their rules', async () => {
  cluster = await startCluster([clusterRoleAggregationController]);
  const { client } = cluster;
  const clusterRoleSelectors = [{ matchLabels: { part: 'view' } }];
  await client.create(refs.clusterRoles, {
    metadata: { name: 'whole' },
    aggregationRule: { clusterRoleSelectors },
  });
  const rules = (resource: string) => [{ apiGroups: [''], resources: [resource], verbs: ['get'] }];
  for (const name of ['b', 'a']) {
    await client.create(refs.clusterRoles, {
      metadata: { name, labels: { part: 'view' } },
      rules: rules(name),
    });
  }
  await cluster.settle();
  const whole = async () => (await cluster.get<ClusterRole>(refs.clusterRoles, 'whole'))?.rules ?? [];
  expect((await whole()).map(({ resources }) => resources)).toEqual([['a'], ['b']]);
  await client.delete(refs.clusterRoles, 'a');
  await cluster.settle();
  expect((await whole()).map(({ resources }) => resources)).toEqual([['b']]);
});

test('a replication controller keeps its number of pods', async () => {
  cluster = await startCluster([replicationControllerController]);
  await cluster.client.create(refs.replicationControllers, {
    metadata: { name: 'rc', namespace: 'default' },
    spec: { replicas: 2, selector: { app: 'rc' }, template: podTemplate({ app: 'rc' }) },
  });
  await cluster.settle();
  await cluster.runPods();
  const rc = await cluster.get<ReplicationController>(refs.replicationControllers, 'rc');
  expect(rc?.status).toMatchObject({ replicas: 2, readyReplicas: 2, observedGeneration: 1 });
});

test('expired bootstrap tokens go', async () => {
  cluster = await startCluster([bootstrapTokenCleaner]);
  await cluster.client.create(refs.secrets, {
    metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: { expiration: btoa('2026-01-01T00:01:00Z') },
  });
  await cluster.advance(59_000);
  expect(await cluster.names(refs.secrets, 'kube-system')).toHaveLength(1);
  await cluster.advance(2_000);
  expect(await cluster.names(refs.secrets, 'kube-system')).toHaveLength(0);
});

test('a range of service addresses stays while it is needed', async () => {
  cluster = await startCluster([serviceCidrController]);
  const { client } = cluster;
  await client.create(refs.serviceCIDRs, { metadata: { name: 'extra' }, spec: { cidrs: ['10.99.0.0/24'] } });
  await cluster.settle();
  const extra = () => cluster.get<ServiceCIDR>(refs.serviceCIDRs, 'extra');
  expect((await extra())?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
  await client.create(refs.ipAddresses, {
    metadata: { name: '10.99.0.7' },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
  });
  await client.delete(refs.serviceCIDRs, 'extra');
  await cluster.settle();
  expect((await extra())?.status?.conditions).toMatchObject([{ status: 'False', reason: 'Terminating' }]);
  await client.delete(refs.ipAddresses, '10.99.0.7');
  await cluster.advance(11_000);
  expect(await extra()).toBeUndefined();
});
