import { describe, expect, test } from 'vitest';
import { cluster, node, pod } from '../testing/objects.ts';
import { podInfoOf } from './pod_info.ts';

const sums = (state: ReturnType<typeof cluster>, name: string) => {
  const info = state.node(name);
  return info && { pods: [...info.pods.keys()], milliCpu: info.requested.milliCpu };
};

describe('the state', () => {
  test('counts a decision until it is confirmed, or taken back', () => {
    const state = cluster([node('a'), node('b')]);
    const web = podInfoOf(pod('web', { requests: { cpu: '1' } }));
    state.assume(web, 'a');
    expect(sums(state, 'a')).toEqual({ pods: ['default/web'], milliCpu: 1000 });
    state.forget(web.key);
    expect(sums(state, 'a')).toEqual({ pods: [], milliCpu: 0 });
    state.assume(web, 'a');
    state.setPod(web, 'a');
    state.forget(web.key);
    expect(sums(state, 'a')).toEqual({ pods: ['default/web'], milliCpu: 1000 });
  });

  test('believes the API where it says otherwise', () => {
    const state = cluster([node('a'), node('b')]);
    const web = podInfoOf(pod('web', { requests: { cpu: '1' } }));
    state.assume(web, 'a');
    state.setPod(web, 'b');
    expect(sums(state, 'a')).toEqual({ pods: [], milliCpu: 0 });
    expect(sums(state, 'b')).toEqual({ pods: ['default/web'], milliCpu: 1000 });
    const first = pod('web', { requests: { cpu: '1' } });
    state.setPod(podInfoOf({ ...first, spec: pod('web', { requests: { cpu: '3' } }).spec }), 'b');
    expect(sums(state, 'b')).toEqual({ pods: ['default/web'], milliCpu: 3000 });
  });

  test('keeps pods whose node has not come yet, and those whose node has gone', () => {
    const state = cluster([]);
    state.setPod(podInfoOf(pod('early', { requests: { cpu: '1' } })), 'late');
    expect(state.nodes).toEqual([]);
    state.setNode(node('late'));
    expect(sums(state, 'late')).toEqual({ pods: ['default/early'], milliCpu: 1000 });
    state.deleteNode('late');
    expect([state.node('late'), state.nodes.length]).toEqual([undefined, 0]);
    state.removePod('default/early');
    state.setNode(node('late'));
    expect(sums(state, 'late')).toEqual({ pods: [], milliCpu: 0 });
  });

  test('lets zones take turns', () => {
    const inZone = (name: string, zone: string) =>
      node(name, { labels: { 'topology.kubernetes.io/zone': zone } });
    const state = cluster([
      inZone('a1', 'a'),
      inZone('a2', 'a'),
      inZone('a3', 'a'),
      inZone('b1', 'b'),
      inZone('b2', 'b'),
    ]);
    expect(state.nodes.map(({ name }) => name)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  test('tells which pods came and went, for as long as it remembers', () => {
    const state = cluster([node('a')]);
    const before = state.lastPodChange;
    state.assume(podInfoOf(pod('x')), 'a');
    state.removePod('default/x');
    expect(state.podChanges(before)?.map(({ pod: { key }, delta }) => [key, delta])).toEqual([
      ['default/x', 1],
      ['default/x', -1],
    ]);
    expect(state.podChanges(state.lastPodChange)).toEqual([]);
    for (let i = 0; i < 10_000; i++) state.assume(podInfoOf(pod('y')), 'a');
    expect(state.podChanges(before)).toBeUndefined();
    expect(state.podChanges(state.lastPodChange - 100)).toHaveLength(100);
  });

  test('counts the nodes that have an image', () => {
    const state = cluster([node('a', { images: { 'app:1': 1 } }), node('b', { images: { 'app:1': 1 } })]);
    expect(state.imageNodes('app:1')).toBe(2);
    state.setNode(node('b'));
    state.deleteNode('a');
    expect(state.imageNodes('app:1')).toBe(0);
  });
});
