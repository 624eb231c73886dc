import { expect, test } from 'vitest';
import type { AdmissionRequest } from '../../access.ts';
import { podResizeValidator } from './pod_resize.ts';

const nodes: Record<string, object> = {
  small: { metadata: { name: 'small' }, status: { allocatable: { cpu: '2', memory: '1Gi' } } },
  windows: { metadata: { name: 'windows', labels: { 'kubernetes.io/os': 'windows' } } },
};
const plugin = podResizeValidator({
  get: (_group, _resource, _namespace, name) => nodes[name] as any,
  list: () => [],
});

function resize(nodeName: string, requests: object, generation = 2): string | undefined {
  const pod = (generation: number) => ({
    metadata: { name: 'p', generation },
    spec: { nodeName, containers: [{ name: 'c', resources: { requests } }] },
  });
  const request = { group: '', resource: 'pods', name: 'p', object: pod(generation), old: pod(1) };
  try {
    plugin.validate!(request as unknown as AdmissionRequest);
    return undefined;
  } catch (error) {
    const { message, details } = (error as any).status;
    return [
      message.replace('pods "p" is forbidden: ', ''),
      ...(details.causes ?? []).map((each: any) => each.reason),
    ].join(' | ');
  }
}

test.each([
  ['small', { cpu: '2', memory: '1Gi' }, undefined],
  ['', { cpu: '9' }, undefined],
  ['gone', { cpu: '1' }, 'node "gone" not found'],
  [
    'windows',
    { cpu: '1' },
    'pod resize is only supported on linux nodes, node "windows" is "windows" | UnsupportedPlatform',
  ],
  [
    'small',
    { cpu: '2001m', memory: '2Gi' },
    "node didn't have enough allocatable resources: cpu, requested: 2001, allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824 | NodeCapacity",
  ],
])('on %j with %j', (node, requests, expected) => expect(resize(node, requests)).toBe(expected));

test('what does not change is not looked at', () => expect(resize('gone', {}, 1)).toBeUndefined());
