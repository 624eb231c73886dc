import type { DaemonSet, Node, Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterEach, describe, expect, test } from 'vitest';
import { podTemplate, startCluster, type TestCluster } from '../testing/test_cluster.ts';
import { daemonPod, fitOf, targetNode } from './daemon_pod.ts';
import { daemonSetController } from './index.ts';
import { type NodePods, planPlacement, planRollingUpdate } from './plan_daemon_pods.ts';

const now = Date.UTC(2026, 0, 1);
const set = (rollingUpdate: object = {}, spec: object = {}) =>
  ({
    metadata: { name: 'agent', uid: 'd', namespace: 'default' },
    spec: {
      template: podTemplate({ app: 'agent' }),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate },
      ...spec,
    },
  }) as unknown as DaemonSet;
const pod = (
  name: string,
  { hash = 'new', ready = true, phase = 'Running', node = 'n1', going = false } = {},
) =>
  ({
    metadata: {
      name,
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'controller-revision-hash': hash },
      ...(going && { deletionTimestamp: 't' }),
    },
    spec: { nodeName: node },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod;
const here = { run: true, stay: true };
const on = (node: string, pods: Pod[], fit = here): NodePods => ({ node, fit, pods });
const text = ({ create, remove }: ReturnType<typeof planPlacement>) => [
  ...create.map((node) => `+${node}`),
  ...remove.map(({ pod: of }) => `-${of.metadata.name}`),
];

describe('placement', () => {
  test.each<[string, NodePods[], string[]]>([
    ['one on each node', [on('n1', []), on('n2', [pod('a')])], ['+n1']],
    ['none where it does not fit', [on('n1', [], { run: false, stay: false })], []],
    ['away from where it must not stay', [on('n1', [pod('a')], { run: false, stay: false })], ['-a']],
    ['may stay though it would not be made', [on('n1', [pod('a')], { run: false, stay: true })], []],
    ['ended ones again', [on('n1', [pod('a', { phase: 'Failed' })])], ['-a']],
    ['one too many', [on('n1', [pod('a'), pod('b')])], ['-b']],
    ['wait for one that is going', [on('n1', [pod('a', { going: true })])], []],
  ])('%s', (_, nodes, expected) => {
    expect(text(planPlacement({ set: set(), nodes, hash: 'new', now }))).toEqual(expected);
  });
});

describe('rolling update', () => {
  const old = { hash: 'old' };
  test.each<[string, object, NodePods[], string[]]>([
    ['one at a time', { maxUnavailable: 1 }, [on('n1', [pod('a', old)]), on('n2', [pod('b', old)])], ['-a']],
    [
      'not while one is missing',
      { maxUnavailable: 1 },
      [on('n1', [pod('a', { ready: false })]), on('n2', [pod('b', old)])],
      [],
    ],
    [
      'broken ones at once',
      { maxUnavailable: 1 },
      [on('n1', [pod('a', { ...old, ready: false })]), on('n2', [pod('b', { ...old, ready: false })])],
      ['-a', '-b'],
    ],
    [
      'surge: a new one beside',
      { maxSurge: 1, maxUnavailable: 0 },
      [on('n1', [pod('a', old)]), on('n2', [pod('b', old)])],
      ['+n1'],
    ],
    [
      'surge: wait for it',
      { maxSurge: 1, maxUnavailable: 0 },
      [on('n1', [pod('a', old), pod('c', { ready: false })]), on('n2', [pod('b', old)])],
      [],
    ],
    [
      'surge: then the old one goes',
      { maxSurge: 1, maxUnavailable: 0 },
      [on('n1', [pod('a', old), pod('c')]), on('n2', [pod('b', old)])],
      ['+n2', '-a'],
    ],
  ])('%s', (_, rollingUpdate, nodes, expected) => {
    expect(text(planRollingUpdate({ set: set(rollingUpdate), nodes, hash: 'new', now }))).toEqual(expected);
  });
});

test('nodes: selectors, taints that daemons tolerate, and those that they do not', () => {
  const node = (labels: object, ...taints: object[]) =>
    ({ metadata: { name: 'n1', labels }, spec: { taints } }) as unknown as Node;
  const selecting = set({}, { template: { spec: { nodeSelector: { gpu: 'yes' }, containers: [] } } });
  expect(fitOf(selecting, node({}))).toEqual({ run: false, stay: false });
  expect(fitOf(selecting, node({ gpu: 'yes' }))).toEqual({ run: true, stay: true });
  const unschedulable = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
  expect(fitOf(set(), node({}, unschedulable, unreachable))).toEqual({ run: true, stay: true });
  expect(fitOf(set(), node({}, { key: 'a', effect: 'NoSchedule' }))).toEqual({ run: false, stay: true });
  expect(fitOf(set(), node({}, { key: 'a', effect: 'NoExecute' }))).toEqual({ run: false, stay: false });
});

test('a pod is bound to its node by affinity', () => {
  const made = daemonPod(set(), 'n7', 'h');
  expect(targetNode(made as Pod)).toBe('n7');
  expect(made.metadata.labels).toEqual({ app: 'agent', 'controller-revision-hash': 'h' });
  expect(made.spec.tolerations).toHaveLength(6);
});

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

test('a pod on each node, updated one node after the other', async () => {
  cluster = await startCluster([daemonSetController]);
  const { client } = cluster;
  const daemons = async () => (await client.list(refs.pods, { namespace: 'default' })).items;
  const current = async () => (await cluster!.get<DaemonSet>(refs.daemonSets, 'agent'))!;
  for (const name of ['n1', 'n2']) await cluster.createNode(name);
  await client.create(refs.daemonSets, {
    metadata: { name: 'agent', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: podTemplate({ app: 'agent' }) },
  });
  await cluster.settle();
  await cluster.runPods();
  expect((await daemons()).map(targetNode).sort()).toEqual(['n1', 'n2']);
  expect((await current()).status).toMatchObject({
    desiredNumberScheduled: 2,
    currentNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberReady: 2,
    numberAvailable: 2,
    numberMisscheduled: 0,
    observedGeneration: 1,
  });
  await cluster.createNode('n3');
  await cluster.settle();
  expect(await daemons()).toHaveLength(3);
  await cluster.runPods();

  const now = await current();
  const template = { ...now.spec.template, spec: { containers: [{ name: 'web', image: 'web:2' }] } };
  await client.update(refs.daemonSets, { ...now, spec: { ...now.spec, template } });
  await cluster.settle();
  expect((await current()).status).toMatchObject({ numberUnavailable: 1, updatedNumberScheduled: 1 });
  for (let step = 0; step < 6; step++) await cluster.runPods();
  expect((await daemons()).map(({ spec }) => spec.containers[0]!.image)).toEqual(['web:2', 'web:2', 'web:2']);
  expect((await current()).status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
  expect(await cluster.names(refs.controllerRevisions)).toHaveLength(2);
  await client.delete(refs.nodes, 'n3');
  await cluster.settle();
  expect((await current()).status).toMatchObject({ desiredNumberScheduled: 2 });
});
