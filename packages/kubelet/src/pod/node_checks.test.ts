import type { Node, PodSpec } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { refusal } from './admit.ts';
import { testContainer, testNode, testPod } from './fixtures.ts';
import { containerResize, initiallyGranted, judgeResize, withGranted } from './resize.ts';

const asking = (cpu: string, uid = 'other', spec: Partial<PodSpec> = {}) => {
  const pod = testPod({ containers: [testContainer('app', { resources: { requests: { cpu } } })], ...spec });
  pod.metadata.uid = uid;
  return pod;
};

const onPort = (hostPort: number, uid = 'other', hostIP?: string) => {
  const pod = testPod({
    containers: [testContainer('app', { ports: [{ containerPort: 80, hostPort, hostIP }] })],
  });
  pod.metadata.uid = uid;
  return pod;
};

const askingDevices = (name: string, count: string, uid = 'x') => {
  const pod = testPod({ containers: [testContainer('app', { resources: { requests: { [name]: count } } })] });
  pod.metadata.uid = uid;
  return pod;
};

const known = {
  metadata: { name: 'node-1', labels: { zone: 'a' } },
  spec: {
    taints: [
      { key: 'gone', effect: 'NoExecute' },
      { key: 'full', effect: 'NoSchedule' },
    ],
  },
  status: { allocatable: { 'example.com/known': '2', cpu: '100' } },
} as unknown as Node;

describe('admission', () => {
  const refuse = (
    pod: ReturnType<typeof testPod>,
    others: ReturnType<typeof testPod>[] = [],
    node = testNode,
  ) => {
    pod.spec = { tolerations: [{ key: 'gone', operator: 'Exists' }], ...pod.spec };
    return refusal({ pod, node, others, known });
  };

  test.each([
    ['room for it', asking('3'), [asking('1')], undefined],
    [
      'too little cpu',
      asking('3', 'x'),
      [asking('2')],
      [
        'OutOfcpu',
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
      ],
    ],
    [
      'a resource of the cluster, unknown to the node',
      askingDevices('example.com/licence', '9'),
      [],
      undefined,
    ],
    ['devices that others gave the node', askingDevices('example.com/known', '2'), [], undefined],
    [
      'more of them than there are',
      askingDevices('example.com/known', '2'),
      [askingDevices('example.com/known', '1', 'other')],
      ['OutOfexample.com/known', expect.any(String)],
    ],
    [
      'a taint that ends pods',
      asking('1', 'x', { tolerations: [] }),
      [],
      [
        'TaintToleration',
        "Pod was rejected: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
      ],
    ],
    [
      'required affinity',
      asking('1', 'x', {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-2'] }] },
              ],
            },
          },
        },
      }),
      [],
      ['NodeAffinity', expect.any(String)],
    ],
    [
      'a port of the node that another pod has',
      onPort(8080, 'x'),
      [onPort(8080)],
      ['NodePorts', expect.stringContaining("didn't have free ports")],
    ],
    [
      'the same port on another address',
      onPort(8080, 'x', '10.0.0.1'),
      [onPort(8080, 'y', '10.0.0.2')],
      undefined,
    ],
    [
      'its labels',
      testPod({ nodeSelector: { zone: 'b' } }),
      [],
      [
        'NodeAffinity',
        "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
      ],
    ],
    ['another system', testPod({ os: { name: 'windows' } }), [], ['PodOSNotSupported', expect.any(String)]],
    [
      'a safe sysctl',
      testPod({ securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] } }),
      [],
      undefined,
    ],
    [
      'an unsafe sysctl',
      testPod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
      [],
      ['SysctlForbidden', 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted'],
    ],
  ])('%s', (_, pod, others, expected) => {
    const failure = refuse(pod, others);
    expect(failure && [failure.reason, failure.message]).toEqual(expected);
  });

  test('pods that have ended take nothing', () => {
    const ended = asking('4');
    ended.status = { phase: 'Succeeded' };
    expect(refuse(asking('4', 'x'), [ended])).toBeUndefined();
  });

  test('no more pods than the node has places for', () => {
    const node = { ...testNode, capacity: { ...testNode.capacity, pods: '1' } };
    expect(refuse(asking('0', 'x'), [asking('0')], node)?.reason).toBe('OutOfpods');
  });

  test('unsafe sysctls that the node allows', () => {
    const pod = testPod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } });
    expect(refuse(pod, [], { ...testNode, allowedUnsafeSysctls: ['kernel.msg*'] })).toBeUndefined();
  });
});

describe('resize', () => {
  const pod = asking('2', 'me');
  const granted = new Map([['app', { requests: { cpu: '1' } }]]);
  test.each([
    ['room', [], { changed: true }],
    [
      'others in the way',
      [asking('3')],
      {
        pending: 'Deferred',
        message: "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
      },
    ],
  ])('%s', (_, others, expected) => {
    expect(judgeResize({ pod, granted, node: testNode, others })).toMatchObject(expected);
  });

  test('more than the node has', () => {
    expect(judgeResize({ pod: asking('5', 'me'), granted, node: testNode, others: [] })).toEqual({
      pending: 'Infeasible',
      message: "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000",
    });
  });

  test('equal amounts in other words are no change', () => {
    expect(judgeResize({ pod: asking('1000m', 'me'), granted, node: testNode, others: [] })).toMatchObject({
      changed: false,
    });
  });

  test('until it is granted the pod stays as it was', () => {
    expect(withGranted(pod, granted).spec.containers[0]!.resources).toEqual({ requests: { cpu: '1' } });
  });

  test('after a restart of the kubelet the status says what was granted', () => {
    const seen = asking('2', 'me');
    seen.status = {
      containerStatuses: [
        {
          name: 'app',
          image: '',
          imageID: '',
          ready: true,
          restartCount: 0,
          containerID: 'c://1',
          resources: { requests: { cpu: '1' } },
          allocatedResources: { cpu: '1' },
        },
      ],
    };
    expect(initiallyGranted(seen).get('app')).toEqual({ requests: { cpu: '1' } });
  });

  const policy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
  test.each([
    ['nothing', { limits: { cpu: '1', memory: '1Gi' } }, 'none'],
    ['cpu', { limits: { cpu: '2', memory: '1Gi' } }, 'update'],
    ['memory', { limits: { cpu: '1', memory: '2Gi' } }, 'restart'],
  ])('%s changed', (_, actual, expected) => {
    const container = testContainer('app', {
      resources: { limits: { cpu: '1', memory: '1Gi' } },
      resizePolicy: policy,
    });
    expect(containerResize(container, actual)).toBe(expected);
  });
});
