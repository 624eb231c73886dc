import type { Node, Pod, Taint } from '@kubets/api';
import { rfc3339Micro } from '@kubets/base';
import { refs } from '@kubets/client';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeIpamController } from '../nodeipam/index.ts';
import { podGarbageCollector } from '../podgc/index.ts';
import { taintEvictionController } from '../tainteviction/index.ts';
import { tolerationTime } from '../tainteviction/plan_eviction.ts';
import { startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { nodeLifecycleController } from './index.ts';
import { planTaints, silenceConditions } from './plan_node_health.ts';
import { evictionInterval, zoneStates } from './zone_evictions.ts';

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

const ready = (node: Node | undefined) => node?.status?.conditions?.find(({ type }) => type === 'Ready');
const taintsOf = (node: Node | undefined) =>
  node?.spec?.taints?.map(({ key, effect }: Taint) => `${key}:${effect}`).sort();

test('a node that falls silent is Unknown, tainted, and its pods go after their time', async () => {
  cluster = await startCluster([nodeLifecycleController, taintEvictionController]);
  const { client, clock } = cluster;
  for (const name of ['n1', 'n2', 'n3']) await cluster.createNode(name);
  const namespace = 'kube-node-lease';
  const beat = async (name: string) => {
    const renewTime = rfc3339Micro(clock.now());
    const lease = await cluster!.get<any>(refs.leases, name, namespace);
    if (lease) await client.update(refs.leases, { ...lease, spec: { ...lease.spec, renewTime } });
    else await client.create(refs.leases, { metadata: { name, namespace }, spec: { renewTime } });
  };
  const pod = await cluster.createPod({
    metadata: { name: 'a' },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'a', image: 'a' }],
      tolerations: [
        {
          key: 'node.kubernetes.io/unreachable',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 30,
        },
      ],
    },
  });
  await cluster.runPods();
  for (let i = 0; i < 12; i++) {
    for (const name of i < 6 ? ['n1', 'n2', 'n3'] : ['n2', 'n3']) await beat(name);
    await cluster.advance(10_000);
  }
  let silent = await cluster.get<Node>(refs.nodes, 'n1');
  expect(ready(silent)).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  });
  expect(taintsOf(silent)).toEqual([
    'node.kubernetes.io/unreachable:NoExecute',
    'node.kubernetes.io/unreachable:NoSchedule',
  ]);
  expect(ready(await cluster.get<Node>(refs.nodes, 'n2'))?.status).toBe('True');
  const lost = await cluster.get<Pod>(refs.pods, 'a');
  expect(lost?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'False' }]);
  expect(lost?.metadata.deletionTimestamp).toBeUndefined();
  await beat('n2');
  await beat('n3');
  await cluster.advance(30_000);
  const evicted = await cluster.get<Pod>(refs.pods, 'a');
  expect(evicted?.metadata.deletionTimestamp).toBeDefined();
  expect(evicted?.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', reason: 'DeletionByTaintManager' }),
  );
  expect(evicted?.metadata.uid).toBe(pod.metadata.uid);

  silent = (await cluster.get<Node>(refs.nodes, 'n1'))!;
  const conditions = [{ ...ready(silent)!, status: 'True', lastHeartbeatTime: '2026-01-01T01:00:00Z' }];
  await client.patch(
    refs.nodes,
    'n1',
    undefined,
    'strategic',
    { status: { conditions } },
    { subresource: 'status' },
  );
  await cluster.settle();
  expect(taintsOf(await cluster.get<Node>(refs.nodes, 'n1'))).toBeUndefined();
});

test('when all nodes are down nothing is evicted', async () => {
  cluster = await startCluster([nodeLifecycleController]);
  await cluster.createNode('n1');
  await cluster.advance(120_000);
  expect(taintsOf(await cluster.get<Node>(refs.nodes, 'n1'))).toEqual([
    'node.kubernetes.io/unreachable:NoSchedule',
  ]);
});

test('each node gets its part of the pod addresses, of each family', async () => {
  cluster = await startCluster([nodeIpamController], { clusterCidrs: ['10.244.0.0/16', 'fd00:10::/48'] });
  for (const name of ['n1', 'n2']) await cluster.createNode(name);
  await cluster.settle();
  const cidrs = async (name: string) => (await cluster!.get<Node>(refs.nodes, name))?.spec?.podCIDRs;
  expect(await cidrs('n1')).toEqual(['10.244.0.0/24', 'fd00:10::/64']);
  expect(await cidrs('n2')).toEqual(['10.244.1.0/24', 'fd00:10:0:1::/64']);
});

test('pods of a node that has gone are ended, after a while', async () => {
  cluster = await startCluster([podGarbageCollector]);
  await cluster.createNode('n1');
  await cluster.createPod({
    metadata: { name: 'a' },
    spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'a' }] },
  });
  await cluster.client.delete(refs.nodes, 'n1');
  await cluster.advance(39_000);
  expect(await cluster.get(refs.pods, 'a')).toBeDefined();
  await cluster.advance(2_000);
  expect(await cluster.get(refs.pods, 'a')).toBeUndefined();
});

test('finished pods beyond the limit are deleted, evicted ones and old ones first', async () => {
  cluster = await startCluster([podGarbageCollector], { terminatedPodThreshold: 1 });
  for (const name of ['a', 'b', 'c']) {
    const pod = await cluster.createPod({
      metadata: { name },
      spec: { containers: [{ name, image: name }] },
    });
    await cluster.setPod(pod, name === 'b' ? { phase: 'Failed', reason: 'Evicted' } : { phase: 'Succeeded' });
    await cluster.advance(1_000);
  }
  await cluster.advance(25_000);
  expect(await cluster.names(refs.pods)).toEqual(['c']);
});

describe('plans', () => {
  const now = Date.UTC(2026, 0, 1);
  const node = (conditions: Record<string, string>, taints: Taint[] = [], unschedulable = false) =>
    ({
      metadata: { name: 'n', creationTimestamp: '2025-01-01T00:00:00Z' },
      spec: { taints, unschedulable },
      status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) },
    }) as unknown as Node;
  const keys = (taints: Taint[] | undefined) =>
    taints?.map(({ key, effect }) => `${key.split('/')[1]}:${effect}`);

  test.each([
    ['ready', node({ Ready: 'True' }), undefined],
    ['not ready', node({ Ready: 'False' }), ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    ['pressure', node({ Ready: 'True', MemoryPressure: 'True' }), ['memory-pressure:NoSchedule']],
    ['cordoned', node({ Ready: 'True' }, [], true), ['unschedulable:NoSchedule']],
    [
      'well again, with a taint of somebody else',
      node({ Ready: 'True' }, [
        { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
        { key: 'example.com/gpu', effect: 'NoSchedule' },
      ]),
      ['gpu:NoSchedule'],
    ],
  ])('taints: %s', (_, of, expected) => {
    expect(keys(planTaints(of, { mayEvict: true, now }))).toEqual(expected);
  });

  test('conditions that were never reported say so', () => {
    const [, pressure] = silenceConditions(node({ Ready: 'True' }), now);
    expect(pressure).toMatchObject({ type: 'MemoryPressure', reason: 'NodeStatusNeverUpdated' });
  });

  test('evictions slow down when much of a zone is down', () => {
    const zone = (up: number, down: number) =>
      zoneStates([
        ...Array.from({ length: up }, () => node({ Ready: 'True' })),
        ...Array.from({ length: down }, () => node({ Ready: 'Unknown' })),
      ]);
    expect(evictionInterval(':', zone(2, 1))).toBe(10_000);
    expect(evictionInterval(':', zone(2, 4))).toBeUndefined();
    expect(evictionInterval(':', zone(20, 40))).toBe(100_000);
    expect(evictionInterval(':', zone(0, 3))).toBeUndefined();
  });

  test('the shortest toleration counts', () => {
    const taints: Taint[] = [{ key: 'a', effect: 'NoExecute' }];
    const pod = (...tolerations: object[]) => ({ spec: { tolerations } }) as unknown as Pod;
    expect(tolerationTime(pod(), taints)).toBe(0);
    expect(tolerationTime(pod({ operator: 'Exists' }), taints)).toBeUndefined();
    const both = pod(
      { operator: 'Exists', tolerationSeconds: 60 },
      { key: 'a', operator: 'Exists', tolerationSeconds: 5 },
    );
    expect(tolerationTime(both, taints)).toBe(5_000);
  });
});
