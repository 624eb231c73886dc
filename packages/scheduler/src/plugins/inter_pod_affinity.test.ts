import type { Affinity, Namespace, PodAffinityTerm } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { cluster, failures, node, objects, pod, scores } from '../testing/objects.ts';
import { interPodAffinity } from './inter_pod_affinity.ts';

const term = (app: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  topologyKey: 'zone',
  labelSelector: { matchLabels: { app } },
  ...more,
});
const near = (...terms: PodAffinityTerm[]): Affinity => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
});
const far = (...terms: PodAffinityTerm[]): Affinity => ({
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
});
const incoming = (affinity: Affinity, app = 'new') => pod('p', { labels: { app }, spec: { affinity } });
const zone = (name: string, inZone: string) => node(name, { labels: { zone: inZone } });
const state = cluster([
  [zone('a1', 'a'), pod('db', { labels: { app: 'db' } })],
  zone('a2', 'a'),
  [
    zone('b1', 'b'),
    pod('loner', { labels: { app: 'loner' }, spec: { affinity: far(term('noisy')) } }),
    pod('foreign', { labels: { app: 'cache' }, namespace: 'other' }),
  ],
  node('nowhere'),
]);
const noFriends = "node(s) didn't match pod affinity rules";
const hasFoes = "node(s) didn't match pod anti-affinity rules";
const isFoe = "node(s) didn't satisfy existing pods anti-affinity rules";
const context = objects({
  namespace: (name) => ({ metadata: { name, labels: { team: name } } }) as unknown as Namespace,
});

describe('InterPodAffinity', () => {
  test.each<[string, Affinity, string, (string | undefined)[]]>([
    ['beside the database', near(term('db')), 'new', [undefined, undefined, noFriends, noFriends]],
    [
      'beside two that are apart',
      near(term('db'), term('loner')),
      'new',
      [noFriends, noFriends, noFriends, noFriends],
    ],
    ['away from the database', far(term('db')), 'new', [hasFoes, hasFoes, undefined, undefined]],
    [
      'away from it on the host',
      far(term('db', { topologyKey: 'kubernetes.io/hostname' })),
      'new',
      [hasFoes, undefined, undefined, undefined],
    ],
    ['where nobody minds', {}, 'noisy', [undefined, undefined, isFoe, undefined]],
    [
      'beside others of its own kind, of which it is the first',
      near(term('new')),
      'new',
      [undefined, undefined, undefined, noFriends],
    ],
    ['in its own namespace only', near(term('cache')), 'new', [noFriends, noFriends, noFriends, noFriends]],
    [
      'in namespaces by name',
      near(term('cache', { namespaces: ['other'] })),
      'new',
      [noFriends, noFriends, undefined, noFriends],
    ],
    [
      'in namespaces by label',
      near(term('cache', { namespaceSelector: { matchLabels: { team: 'other' } } })),
      'new',
      [noFriends, noFriends, undefined, noFriends],
    ],
    [
      'in all namespaces',
      near(term('cache', { namespaceSelector: {} })),
      'new',
      [noFriends, noFriends, undefined, noFriends],
    ],
  ])('%s', (_, affinity, app, expected) => {
    const result = failures({
      state,
      pod: incoming(affinity, app),
      plugins: [interPodAffinity],
      objects: context,
    });
    expect(['a1', 'a2', 'b1', 'nowhere'].map((name) => result[name])).toEqual(expected);
  });

  test('preferences draw and repel by weight', () => {
    const affinity: Affinity = {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm: term('db') }],
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm: term('loner') }],
      },
    };
    const result = scores({ state, pod: incoming(affinity), plugins: [interPodAffinity], objects: context });
    expect(result).toEqual({ a1: 100, a2: 100, b1: 0, nowhere: 50 });
  });

  test('so do those of the pods that are there', () => {
    const fond: Affinity = {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term('new') }],
      },
    };
    const nodes = cluster([[zone('a1', 'a'), pod('x', { spec: { affinity: fond } })], zone('b1', 'b')]);
    expect(
      scores({ state: nodes, pod: pod('p', { labels: { app: 'new' } }), plugins: [interPodAffinity] }),
    ).toEqual({
      a1: 100,
      b1: 0,
    });
  });
});
