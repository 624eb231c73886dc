import type { EndpointSlice } from '@kubets/api';
import { silentLogger } from '@kubets/base';
import { refs } from '@kubets/client';
import { startCluster, type TestCluster } from '@kubets/controllers/testing/test_cluster.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RuleSet } from './rule_set.ts';
import { type HealthCheck, serviceProxy } from './service_proxy.ts';
import type { StaleFlow } from './stale_flows.ts';

let cluster: TestCluster;
let stop: AbortController;
let running: Promise<void>;
let applied: RuleSet[];
let checks: ReadonlyMap<string, HealthCheck>;
let forgotten: StaleFlow[];
let failures: number;

const node = {
  name: 'node-1',
  podCidrs: ['10.244.0.0/16'],
  serviceCidrs: ['10.96.0.0/16'],
  servedHere: ['10.96.0.10'],
  masqueradePods: true,
};

beforeEach(async () => {
  applied = [];
  forgotten = [];
  failures = 0;
  cluster = await startCluster([]);
  stop = new AbortController();
  const { informers, clock } = cluster;
  running = serviceProxy({
    informers,
    clock,
    log: silentLogger,
    node,
    backend: {
      async apply(next) {
        if (failures-- > 0) throw new Error('the kernel is busy');
        applied.push(next);
      },
      async remove() {},
    },
    onHealthChecks: (services) => {
      checks = services;
    },
    forgetFlows: async (flows) => void forgotten.push(...flows),
  }).run(stop.signal);
  await cluster.settle();
});
afterEach(async () => {
  stop.abort();
  await running;
  await cluster.stop();
});

const addService = (name: string, more: object = {}) =>
  cluster.client.create(refs.services, {
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ port: 53, protocol: 'UDP' }], ...more },
  });
const slice = (name: string, addresses: string[], nodeName = 'node-1') => ({
  metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address], nodeName, conditions: { ready: true } })),
  ports: [{ name: '', port: 5353, protocol: 'UDP' }],
});
const targets = (name: string) =>
  applied
    .at(-1)!
    .services.get(`default/${name}`)
    ?.ports[0]?.everywhere.map(({ address }) => address);

test('applies what is there at the start, then each change, together when they come close', async () => {
  expect(applied.length).toBe(1);
  await cluster.advance(100);
  await addService('dns');
  await cluster.settle();
  expect(applied.length).toBe(2);
  expect(targets('dns')).toEqual([]);
  await cluster.client.create(refs.endpointSlices, slice('dns', ['10.244.0.2']) as never);
  await addService('web');
  await cluster.settle();
  expect(applied.length).toBe(2);
  await cluster.advance(50);
  expect(applied.length).toBe(3);
  expect(targets('dns')).toEqual(['10.244.0.2']);
  expect([...applied.at(-1)!.services.keys()]).toEqual(['default/dns', 'default/web']);
});

test('cuts UDP flows to endpoints that have gone', async () => {
  await addService('dns');
  await cluster.client.create(refs.endpointSlices, slice('dns', ['10.244.0.2', '10.244.0.3']) as never);
  await cluster.advance(50);
  const current = await cluster.client.get<EndpointSlice>(refs.endpointSlices, 'dns-1', 'default');
  await cluster.client.update(refs.endpointSlices, {
    ...current,
    ...slice('dns', ['10.244.0.3']),
    metadata: current.metadata,
  } as never);
  await cluster.advance(50);
  expect(targets('dns')).toEqual(['10.244.0.3']);
  expect(forgotten).toEqual([{ address: '10.244.0.2', port: 5353 }]);
  await cluster.client.delete(refs.services, 'dns', 'default');
  await cluster.advance(50);
  expect(targets('dns')).toBeUndefined();
});

test('tries again after a failure', async () => {
  await cluster.advance(50);
  failures = 2;
  await addService('web');
  await cluster.settle();
  expect(applied.length).toBe(1);
  await cluster.advance(3000);
  expect(targets('web')).toEqual([]);
});

test('plans everything anew when the node changes zone', async () => {
  await cluster.createNode('node-1');
  await cluster.advance(50);
  const before = applied.length;
  const patch = { metadata: { labels: { 'topology.kubernetes.io/zone': 'east' } } };
  await cluster.client.patch(refs.nodes, 'node-1', undefined, 'merge', patch);
  await cluster.advance(50);
  expect(applied.length).toBe(before + 1);
  expect(applied.at(-1)!.node.zone).toBe('east');
});

test('tells of health check ports', async () => {
  await addService('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
  await cluster.advance(50);
  const service = await cluster.client.get(refs.services, 'web', 'default');
  expect([...checks]).toEqual([
    ['default/web', { port: service.spec.healthCheckNodePort, localEndpoints: 0 }],
  ]);
});
