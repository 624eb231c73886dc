import { FakeClock } from '@kubets/base';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ClusterEvent, SchedulerPlugin } from '../plugins/plugin.ts';
import { schedulingGates } from '../plugins/scheduling_gates.ts';
import { podInfoOf } from '../state/pod_info.ts';
import { type PodShape, pod } from '../testing/objects.ts';
import { SchedulingQueue } from './scheduling_queue.ts';

const onPodGone: SchedulerPlugin = { name: 'OnPodGone', wakesOn: (event) => event.type === 'podGone' };
const never: SchedulerPlugin = { name: 'Never' };
const podGone: ClusterEvent = { type: 'podGone', pod: podInfoOf(pod('gone')), node: 'n' };
const claim = { type: 'claim', claim: {}, old: undefined } as unknown as ClusterEvent;

describe('the queue', () => {
  let clock: FakeClock;
  let queue: SchedulingQueue;
  const add = (name: string, shape: PodShape = {}) => queue.add(podInfoOf(pod(name, shape)));
  const popAll = () => {
    const names: string[] = [];
    for (let next = queue.pop(); next; next = queue.pop()) names.push(next.pod.pod.metadata.name);
    return names;
  };
  beforeEach(() => {
    clock = new FakeClock();
    queue = new SchedulingQueue({ clock, plugins: [schedulingGates, onPodGone, never] });
  });

  test('gives the most important first, then the one that came first', async () => {
    add('a');
    add('b', { priority: 5 });
    await clock.advance(1);
    add('c', { priority: 5 });
    add('d', { priority: -1 });
    expect(popAll()).toEqual(['b', 'c', 'a', 'd']);
  });

  test('resolves `ready` when there is a pod', async () => {
    let ready = false;
    const waiting = queue.ready().then(() => {
      ready = true;
    });
    await clock.advance(0);
    expect(ready).toBe(false);
    add('a');
    await waiting;
  });

  test('brings a rejected pod back by an event of the plugin that rejected it', () => {
    add('a');
    queue.reject(queue.pop()!, new Set(['OnPodGone', 'Never']));
    expect(popAll()).toEqual([]);
    queue.onEvent(claim);
    expect(popAll()).toEqual([]);
    queue.onEvent(podGone);
    expect(popAll()).toEqual(['a']);
  });

  test('by any event when nobody in particular rejected it', () => {
    add('a');
    queue.reject(queue.pop()!, new Set());
    queue.onEvent(claim);
    expect(popAll()).toEqual(['a']);
  });

  test('lets woken pods rest while others are ready, for longer after each attempt', async () => {
    const rests: number[] = [];
    add('a');
    for (let i = 0; i < 6; i++) {
      queue.reject(queue.pop()!, new Set());
      queue.onEvent(claim);
      add('ready', { priority: -5 });
      let rested = 0;
      while (queue.counts.backoff > 0) {
        await clock.advance(1000);
        rested++;
      }
      rests.push(rested);
      queue.delete('default/ready');
    }
    expect(rests).toEqual([1, 2, 4, 8, 10, 10]);
  });

  test('lets a pod rest after an error, also when nothing else is to do', async () => {
    add('a');
    queue.retry(queue.pop()!);
    queue.onEvent(podGone);
    expect(popAll()).toEqual([]);
    await clock.advance(1000);
    expect(popAll()).toEqual(['a']);
  });

  test('tries rejected pods again after five minutes', async () => {
    add('a');
    queue.reject(queue.pop()!, new Set(['Never']));
    await clock.advance(299_000);
    expect(queue.counts).toEqual({ active: 0, backoff: 0, unschedulable: 1 });
    await clock.advance(31_000);
    expect(popAll()).toEqual(['a']);
  });

  test('keeps gated pods until they change', async () => {
    add('a', { spec: { schedulingGates: [{ name: 'x' }] } });
    queue.onEvent(podGone);
    await clock.advance(600_000);
    expect(popAll()).toEqual([]);
    add('a');
    expect(popAll()).toEqual(['a']);
  });

  test('forgets deleted pods, also those that are being tried', () => {
    add('a');
    add('b');
    queue.delete('default/a');
    const b = queue.pop()!;
    queue.delete('default/b');
    queue.reject(b, new Set());
    queue.onEvent(claim);
    expect(popAll()).toEqual([]);
    expect(queue.has('default/b')).toBe(false);
  });

  test('takes over a newer form of a pod without moving it', () => {
    add('a');
    queue.reject(queue.pop()!, new Set(['Never']));
    queue.refresh(podInfoOf(pod('a', { labels: { new: 'yes' } })));
    expect(queue.counts.unschedulable).toBe(1);
    add('a', { labels: { newer: 'yes' } });
    expect(queue.pop()!.pod.labels).toEqual({ newer: 'yes' });
  });
});
