import { describe, expect, test } from 'vitest';
import { podRequests } from '../state/resources.ts';
import { cluster, failures, node, type PodShape, pod, scores } from '../testing/objects.ts';
import { imageLocality } from './image_locality.ts';
import { nodeResourcesBalancedAllocation } from './node_resources_balanced_allocation.ts';
import { nodeResourcesFit } from './node_resources_fit.ts';

const requests = (list: Record<string, string>) => ({ resources: { requests: list } });

describe('the request of a pod', () => {
  test.each<[string, PodShape['spec'], { milliCpu: number; memory?: number }]>([
    ['sums its containers', { containers: [c('a', '1'), c('b', '500m')] }, { milliCpu: 1500 }],
    [
      'or is that of the largest init container',
      { initContainers: [c('i', '2'), c('j', '3')], containers: [c('a', '1')] },
      { milliCpu: 3000 },
    ],
    [
      'counts sidecars beside the containers',
      { initContainers: [sidecar('s', '1')], containers: [c('a', '1')] },
      { milliCpu: 2000 },
    ],
    [
      'and beside the init containers after them',
      { initContainers: [c('before', '3'), sidecar('s', '1'), c('after', '3')], containers: [c('a', '1')] },
      { milliCpu: 4000 },
    ],
    [
      'adds the overhead',
      { containers: [c('a', '1')], overhead: { cpu: '250m', memory: '1Ki' } },
      { milliCpu: 1250, memory: 1024 },
    ],
    [
      'is what the pod as a whole asks for',
      { containers: [c('a', '1')], resources: { requests: { cpu: '3' } } },
      { milliCpu: 3000 },
    ],
  ])('%s', (_, spec, expected) => expect(podRequests(pod('p', { spec }))).toMatchObject(expected));

  test('is the larger of old and new while it is resized', () => {
    const resized = pod('p', {
      requests: { cpu: '1' },
      status: { containerStatuses: [{ name: 'c', resources: { requests: { cpu: '2' } } }] as never },
    });
    expect(podRequests(resized).milliCpu).toBe(2000);
    const infeasible = pod('p', {
      requests: { cpu: '4' },
      status: {
        containerStatuses: [{ name: 'c', resources: { requests: { cpu: '2' } } }] as never,
        conditions: [{ type: 'PodResizePending', reason: 'Infeasible', status: 'True' }],
      },
    });
    expect(podRequests(infeasible).milliCpu).toBe(2000);
  });

  function c(name: string, cpu: string) {
    return { name, ...requests({ cpu }) };
  }
  function sidecar(name: string, cpu: string) {
    return { ...c(name, cpu), restartPolicy: 'Always' };
  }
});

describe('NodeResourcesFit', () => {
  const state = cluster([
    [
      node('n', {
        allocatable: { cpu: '4', memory: '8Gi', pods: '3', 'nvidia.com/gpu': '2', 'hugepages-2Mi': '4Mi' },
      }),
      pod('a', { requests: { cpu: '3', memory: '1Gi', 'nvidia.com/gpu': '1' } }),
    ],
    [node('full', { allocatable: { pods: '1' } }), pod('b')],
  ]);
  test.each<[string, Record<string, string>, string | undefined]>([
    ['nothing', {}, undefined],
    ['just what is left', { cpu: '1', memory: '7Gi' }, undefined],
    ['too much CPU', { cpu: '1001m' }, 'Insufficient cpu'],
    ['too much of two', { cpu: '2', memory: '8Gi' }, 'Insufficient cpu, Insufficient memory'],
    ['the last GPU', { 'nvidia.com/gpu': '1' }, undefined],
    ['one GPU too many', { 'nvidia.com/gpu': '2' }, 'Insufficient nvidia.com/gpu'],
    ['what the node has not got', { 'amd.com/gpu': '1' }, 'Insufficient amd.com/gpu'],
    ['huge pages', { 'hugepages-2Mi': '6Mi' }, 'Insufficient hugepages-2Mi'],
    ['storage', { 'ephemeral-storage': '1Gi' }, 'Insufficient ephemeral-storage'],
  ])('%s', (_, list, expected) => {
    const result = failures({ state, pod: pod('p', { requests: list }), plugins: [nodeResourcesFit] });
    expect(result['n']).toBe(expected);
    expect(result['full']).toContain('Too many pods');
  });

  test('more than the node has when it is empty is beyond help', () => {
    const test = (cpu: string) => nodeResourcesFit.filter!(info(cpu), {} as never);
    const info = (cpu: string) => ({ requests: podRequests(pod('p', { requests: { cpu } })) }) as never;
    const n = state.node('n')!;
    expect((test('2') as { test(node: object): object }).test(n)).toMatchObject({ helpedByPreemption: true });
    expect((test('5') as { test(node: object): object }).test(n)).toMatchObject({
      helpedByPreemption: false,
    });
  });

  test('scores the share that stays free, counting pods that ask for nothing as if they did', () => {
    const nodes = cluster([
      [node('busy'), pod('a', { requests: { cpu: '2', memory: '4Gi' } })],
      node('idle'),
    ]);
    const asking = pod('p', { requests: { cpu: '1', memory: '2Gi' } });
    expect(scores({ state: nodes, pod: asking, plugins: [nodeResourcesFit] })).toEqual({
      busy: 25,
      idle: 75,
    });
    expect(scores({ state: nodes, pod: pod('p'), plugins: [nodeResourcesFit] })).toEqual({
      busy: 47,
      idle: 97,
    });
  });
});

describe('NodeResourcesBalancedAllocation', () => {
  test('prefers where CPU and memory are used alike', () => {
    const state = cluster([[node('a'), pod('x', { requests: { cpu: '2' } })], node('b')]);
    const memory = pod('p', { requests: { memory: '4Gi' } });
    expect(scores({ state, pod: memory, plugins: [nodeResourcesBalancedAllocation] })).toEqual({
      a: 87,
      b: 62,
    });
  });
});

describe('ImageLocality', () => {
  const gigabyte = 1024 ** 3;
  const state = cluster([
    node('has', { images: { 'app:1': gigabyte } }),
    node('other', { images: { 'web:latest': gigabyte } }),
  ]);
  test.each([
    ['app:1', { has: 50, other: 0 }],
    ['web', { has: 0, other: 50 }],
    ['none:1', { has: 0, other: 0 }],
  ])('%s', (image, expected) => {
    const each = pod('p', { spec: { containers: [{ name: 'c', image }] } });
    expect(scores({ state, pod: each, plugins: [imageLocality] })).toEqual(expected);
  });
});
