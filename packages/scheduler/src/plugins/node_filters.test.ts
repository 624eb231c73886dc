import { describe, expect, test } from 'vitest';
import { podInfoOf } from '../state/pod_info.ts';
import { cluster, failures, node, type PodShape, pod, scores } from '../testing/objects.ts';
import { nodeAffinity } from './node_affinity.ts';
import { nodeName } from './node_name.ts';
import { nodePorts } from './node_ports.ts';
import { nodeUnschedulable } from './node_unschedulable.ts';
import type { SchedulerPlugin } from './plugin.ts';
import { schedulingGates } from './scheduling_gates.ts';
import { taintToleration } from './taint_toleration.ts';

/** Nodes that fail the pod, by name. */
function failing(plugin: SchedulerPlugin, shape: PodShape, nodes = zoo()) {
  const all = failures({ state: nodes, pod: pod('p', shape), plugins: [plugin] });
  return Object.fromEntries(Object.entries(all).filter(([, reason]) => reason));
}

function zoo() {
  return cluster([
    node('plain'),
    node('ssd', { labels: { disk: 'ssd', cores: '16' } }),
    node('gpu', { taints: [{ key: 'gpu', value: 'a100', effect: 'NoSchedule' }] }),
    node('going', { taints: [{ key: 'going', effect: 'NoExecute' }] }),
    node('soft', { taints: [{ key: 'soft', effect: 'PreferNoSchedule' }] }),
    node('cordoned', { unschedulable: true }),
  ]);
}

describe('SchedulingGates', () => {
  test('name the gates', () => {
    const gated = pod('p', { spec: { schedulingGates: [{ name: 'a' }, { name: 'b/c' }] } });
    expect(schedulingGates.gate!(podInfoOf(gated))).toBe('waiting for scheduling gates: [a b/c]');
    expect(schedulingGates.gate!(podInfoOf(pod('p')))).toBeUndefined();
  });
});

describe('NodeUnschedulable', () => {
  const reason = 'node(s) were unschedulable';
  test.each<[string, PodShape, object]>([
    ['keeps pods off', {}, { cordoned: reason }],
    [
      'but for those that tolerate it',
      { spec: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] } },
      {},
    ],
    ['or everything', { spec: { tolerations: [{ operator: 'Exists' }] } }, {}],
  ])('%s', (_, shape, expected) => expect(failing(nodeUnschedulable, shape)).toEqual(expected));
});

describe('NodeName', () => {
  test('lets only one node do', () => {
    expect(Object.keys(failing(nodeName, { spec: { nodeName: 'ssd' } }))).not.toContain('ssd');
    expect(failing(nodeName, { spec: { nodeName: 'ssd' } })['plain']).toBe(
      "node(s) didn't match the requested node name",
    );
  });
});

describe('TaintToleration', () => {
  const reason = 'node(s) had untolerated taint(s)';
  test.each<[string, PodShape, object]>([
    ['nothing tolerated', {}, { gpu: reason, going: reason }],
    [
      'equal value',
      { spec: { tolerations: [{ key: 'gpu', value: 'a100', effect: 'NoSchedule' }] } },
      { going: reason },
    ],
    [
      'other value',
      { spec: { tolerations: [{ key: 'gpu', value: 'h100' }] } },
      { gpu: reason, going: reason },
    ],
    [
      'other effect',
      { spec: { tolerations: [{ key: 'going', operator: 'Exists', effect: 'NoSchedule' }] } },
      { gpu: reason, going: reason },
    ],
    ['any', { spec: { tolerations: [{ operator: 'Exists' }] } }, {}],
  ])('%s', (_, shape, expected) => expect(failing(taintToleration, shape)).toEqual(expected));

  test('scores nodes without soft taints higher', () => {
    const state = cluster([
      node('none'),
      node('one', { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }),
      node('two', {
        taints: [
          { key: 'a', effect: 'PreferNoSchedule' },
          { key: 'b', effect: 'PreferNoSchedule' },
        ],
      }),
    ]);
    expect(scores({ state, pod: pod('p'), plugins: [taintToleration] })).toEqual({
      none: 100,
      one: 50,
      two: 0,
    });
    const tolerant = pod('p', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } });
    expect(scores({ state, pod: tolerant, plugins: [taintToleration] })).toEqual({
      none: 100,
      one: 100,
      two: 0,
    });
  });
});

describe('NodeAffinity', () => {
  const reason = "node(s) didn't match Pod's node affinity/selector";
  const required = (...terms: object[]): PodShape => ({
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms as [] },
        },
      },
    },
  });
  const expression = (key: string, operator: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  test.each<[string, PodShape, string[]]>([
    ['nothing asked', {}, ['plain', 'ssd', 'gpu', 'going', 'soft', 'cordoned']],
    ['selector', { spec: { nodeSelector: { disk: 'ssd' } } }, ['ssd']],
    ['In', required(expression('disk', 'In', 'hdd', 'ssd')), ['ssd']],
    ['NotIn', required(expression('disk', 'NotIn', 'ssd')), ['plain', 'gpu', 'going', 'soft', 'cordoned']],
    ['Exists', required(expression('disk', 'Exists')), ['ssd']],
    ['Gt', required(expression('cores', 'Gt', '8')), ['ssd']],
    ['Lt', required(expression('cores', 'Lt', '8')), []],
    [
      'either',
      required(expression('disk', 'Exists'), expression('kubernetes.io/hostname', 'In', 'gpu')),
      ['ssd', 'gpu'],
    ],
    ['an empty term', required({}), []],
  ])('%s', (_, shape, expected) => {
    const failed = failing(nodeAffinity, shape);
    expect([...zoo().nodes].map(({ name }) => name).filter((name) => !failed[name])).toEqual(expected);
    for (const each of Object.values(failed)) expect(each).toBe(reason);
  });

  test('a term that names nodes leaves only those', () => {
    const named = required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['gpu'] }] });
    expect(Object.keys(failing(nodeAffinity, named))).toHaveLength(5);
    const none = required({
      matchFields: [
        { key: 'metadata.name', operator: 'In', values: ['gpu'] },
        { key: 'metadata.name', operator: 'In', values: ['ssd'] },
      ],
    });
    expect(failing(nodeAffinity, none)).toEqual({ '*': 'pod affinity terms conflict' });
  });

  test('scores by the weights of preferred terms', () => {
    const preferred = pod('p', {
      spec: {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 30, preference: expression('disk', 'In', 'ssd') },
              { weight: 10, preference: expression('kubernetes.io/hostname', 'In', 'ssd', 'gpu') },
            ],
          },
        },
      },
    });
    expect(scores({ state: zoo(), pod: preferred, plugins: [nodeAffinity] })).toMatchObject({
      plain: 0,
      ssd: 100,
      gpu: 25,
    });
  });
});

describe('NodePorts', () => {
  const ports = (...list: object[]): PodShape => ({
    spec: { containers: [{ name: 'c', ports: list as [] }] },
  });
  const reason = "node(s) didn't have free ports for the requested pod ports";
  test.each<[string, object, object, boolean]>([
    ['same port', { hostPort: 80 }, { hostPort: 80 }, true],
    ['other port', { hostPort: 80 }, { hostPort: 81 }, false],
    ['other protocol', { hostPort: 80 }, { hostPort: 80, protocol: 'UDP' }, false],
    ['other address', { hostPort: 80, hostIP: '10.0.0.1' }, { hostPort: 80, hostIP: '10.0.0.2' }, false],
    [
      'every address and one',
      { hostPort: 80, hostIP: '0.0.0.0' },
      { hostPort: 80, hostIP: '10.0.0.2' },
      true,
    ],
    ['no host port', { containerPort: 80 }, { containerPort: 80 }, false],
  ])('%s', (_, used, wanted, conflicts) => {
    const state = cluster([[node('n'), pod('there', ports(used))]]);
    const result = failing(nodePorts, ports(wanted), state);
    expect(result).toEqual(conflicts ? { n: reason } : {});
  });
});
