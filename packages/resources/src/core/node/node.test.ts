import { describe, expect, test } from 'vitest';
import { create, row, stored, update } from '../../testing.ts';
import { node } from './node.ts';

const refusal = (spec: object) => create(node, { metadata: { name: 'node-1' }, spec }).errors.join('\n');

test('are refused', () => {
  expect(refusal({ taints: [{ key: 'a', effect: 'Never' }] })).toMatchInlineSnapshot(
    `"metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute""`,
  );
  expect(
    refusal({
      taints: [
        { key: 'a', effect: 'NoSchedule' },
        { key: 'a', effect: 'NoSchedule' },
      ],
    }),
  ).toMatchInlineSnapshot(
    `"metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair"`,
  );
  expect(refusal({ podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.1.0/24'] })).toMatchInlineSnapshot(`""`);
  expect(refusal({ podCIDR: '10.244.0.0', podCIDRs: ['10.244.0.0'] })).toMatchInlineSnapshot(
    `"spec.podCIDRs[0]: Invalid value: "10.244.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"`,
  );
});

describe('update', () => {
  const old = stored(node, {
    metadata: { name: 'node-1' },
    spec: { podCIDR: '10.244.0.0/24', providerID: 'a' },
  });

  test('addresses of pods stay', () => {
    const { errors } = update(node, old, ({ spec }) => {
      spec.podCIDR = '10.244.1.0/24';
      spec.podCIDRs = ['10.244.1.0/24'];
    });
    expect(errors.join('\n')).toMatchInlineSnapshot(
      `"spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid"`,
    );
    expect(update(node, old, ({ spec }) => (spec.providerID = 'b')).errors.join('\n')).toMatchInlineSnapshot(
      `"spec.providerID: Forbidden: node updates may not change providerID except from "" to valid"`,
    );
    expect(update(node, old, ({ spec }) => (spec.unschedulable = true)).errors).toEqual([]);
  });

  test('the kubelet writes the status', () => {
    const { object, errors } = update(
      node,
      old,
      (next) => {
        next.spec.unschedulable = true;
        next.status = { capacity: { cpu: '4', memory: '8Gi', pods: '110' } };
      },
      'status',
    );
    expect(errors).toEqual([]);
    expect(object.spec.unschedulable).toBeUndefined();
    expect(object.status.allocatable).toEqual({ cpu: '4', memory: '8Gi', pods: '110' });
  });
});

describe('kubectl get nodes', () => {
  const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }] });
  test.each<[object: any, status: string, roles: string]>([
    [{}, 'Unknown', '<none>'],
    [{ status: ready('True') }, 'Ready', '<none>'],
    [{ status: ready('False') }, 'NotReady', '<none>'],
    [{ status: ready('True'), spec: { unschedulable: true } }, 'Ready,SchedulingDisabled', '<none>'],
    [
      {
        status: ready('True'),
        metadata: {
          labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' },
        },
      },
      'Ready',
      'control-plane,worker',
    ],
    [{ status: ready('True'), metadata: { labels: { 'kubernetes.io/role': 'edge' } } }, 'Ready', 'edge'],
  ])('%j', (object, status, roles) => {
    const { metadata = {}, spec = {}, status: reported = {} } = object;
    expect(
      row(node, { metadata: { name: 'node-1', ...metadata }, spec, status: reported } as any),
    ).toMatchObject({
      Status: status,
      Roles: roles,
    });
  });

  test('-o wide', () => {
    const object = {
      metadata: { name: 'node-1' },
      spec: {},
      status: {
        addresses: [
          { type: 'InternalIP', address: '192.168.0.1' },
          { type: 'Hostname', address: 'node-1' },
        ],
        nodeInfo: {
          kubeletVersion: 'v1.36.0',
          osImage: 'Debian',
          kernelVersion: '6.12',
          containerRuntimeVersion: 'containerd://2.1',
        },
      },
    };
    expect(row(node, object as any)).toMatchObject({
      Version: 'v1.36.0',
      'Internal-IP': '192.168.0.1',
      'External-IP': '<none>',
      'OS-Image': 'Debian',
      'Kernel-Version': '6.12',
      'Container-Runtime': 'containerd://2.1',
    });
  });
});

test('field selectors', () => {
  expect(node.selectableFields!['spec.unschedulable']!({ metadata: { name: 'a' }, spec: {} } as any)).toBe(
    'false',
  );
});

test.each([
  [{ status: { declaredFeatures: ['A', 'B/c'] } }, []],
  [
    { status: { declaredFeatures: ['B', 'A'] } },
    ['status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically'],
  ],
  [{ status: { declaredFeatures: ['A', 'A'] } }, ['status.declaredFeatures[1]: Duplicate value: "A"']],
  [
    { status: { nodeInfo: { swap: { capacity: 0 } } } },
    ['metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than zero'],
  ],
  [
    { spec: { podCIDRs: ['10.0.0.0/24', 'x'] } },
    [
      'spec.podCIDRs[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.podCIDRs: Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[1]: <nil> (invalid CIDR address: x)',
      'spec.podCIDRs: Invalid value: ["10.0.0.0/24","x"]: may specify no more than one CIDR for each IP family',
    ],
  ],
])('what a node says of itself: %j', (given, expected) => {
  expect(create(node, given).errors).toEqual(expected);
});

test('the old field of the pod CIDR wins', () => {
  const { object } = create(node, { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.2.0.0/24'] } });
  expect(object.spec.podCIDRs).toEqual(['10.1.0.0/24']);
});
