import type { Node, Pod, PodSpec, Service, Taint, Toleration } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { matchesNodeAffinity } from './node_affinity.ts';
import { podsByLabel, selectedPods, selectingServices, servicesBySelector } from './selected_pods.ts';
import { tolerates } from './taints.ts';

describe('tolerations', () => {
  const taint = (key: string, value?: string, effect = 'NoSchedule'): Taint => ({ key, value, effect });
  const cases: [Toleration, Taint, boolean][] = [
    [{ operator: 'Exists' }, taint('a', 'x'), true],
    [{ key: 'a', operator: 'Exists' }, taint('a', 'x'), true],
    [{ key: 'a', value: 'x' }, taint('a', 'x'), true],
    [{ key: 'a', value: 'y' }, taint('a', 'x'), false],
    [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }, taint('a'), false],
    [{ key: 'b', operator: 'Exists' }, taint('a'), false],
    [{ key: 'a', operator: 'Gt', value: '5' }, taint('a', '7'), true],
    [{ key: 'a', operator: 'Lt', value: '5' }, taint('a', '7'), false],
    [{ key: 'a', operator: 'Gt', value: '5' }, taint('a', 'many'), false],
  ];
  test.each(cases)('%j on %j', (toleration, of, expected) =>
    expect(tolerates(toleration, of)).toBe(expected),
  );
});

describe('node affinity', () => {
  const node = { metadata: { name: 'n1', labels: { zone: 'a', cpus: '8' } } } as unknown as Node;
  const required = (...nodeSelectorTerms: object[]) =>
    ({
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
    }) as unknown as PodSpec;
  const expression = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });
  test.each([
    ['nothing asked', {} as PodSpec, true],
    ['selector', { nodeSelector: { zone: 'a' } } as unknown as PodSpec, true],
    ['selector of another', { nodeSelector: { zone: 'b' } } as unknown as PodSpec, false],
    [
      'an alternative',
      required(
        { matchExpressions: [expression('zone', 'In', 'b')] },
        { matchExpressions: [expression('zone', 'Exists')] },
      ),
      true,
    ],
    ['an empty term', required({}), false],
    ['greater', required({ matchExpressions: [expression('cpus', 'Gt', '4')] }), true],
    ['not in, absent', required({ matchExpressions: [expression('gpu', 'NotIn', 'x')] }), true],
    ['by name', required({ matchFields: [expression('metadata.name', 'In', 'n1')] }), true],
    [
      'all of a term',
      required({ matchExpressions: [expression('zone', 'In', 'a'), expression('gpu', 'Exists')] }),
      false,
    ],
  ])('%s', (_, spec, expected) => expect(matchesNodeAffinity(spec, node)).toBe(expected));
});

test('services and pods find each other by their indexes', () => {
  const pod = (name: string, labels: Record<string, string>) =>
    ({ metadata: { name, namespace: 'd', labels } }) as unknown as Pod;
  const service = (name: string, selector: Record<string, string>) =>
    ({ metadata: { name, namespace: 'd' }, spec: { selector } }) as unknown as Service;
  const pods = [
    pod('a', { app: 'x', tier: 'web' }),
    pod('b', { app: 'x' }),
    pod('c', { app: 'y', tier: 'web' }),
  ];
  const services = [service('web', { app: 'x', tier: 'web' }), service('x', { app: 'x' })];
  const podsWith = (value: string) => pods.filter((of) => podsByLabel.values(of).includes(value));
  const servicesWith = (value: string) =>
    services.filter((of) => servicesBySelector.values(of).includes(value));
  expect(selectedPods(podsWith, services[0]!).map(({ metadata }) => metadata.name)).toEqual(['a']);
  expect([...selectingServices(servicesWith, pods[1]!)].map(({ metadata }) => metadata.name)).toEqual(['x']);
  expect([...selectingServices(servicesWith, pods[0]!)].map(({ metadata }) => metadata.name).sort()).toEqual([
    'web',
    'x',
  ]);
});
