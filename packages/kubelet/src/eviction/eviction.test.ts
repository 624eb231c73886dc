import { FakeClock, seededRandom, silentLogger } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import type { Host } from '../host/host.ts';
import { nullHost } from '../host/null_host.ts';
import { testContainer, testNode, testPod } from '../pod/fixtures.ts';
import type { PodActor } from '../pod/pod_actor.ts';
import { fakeRuntime } from '../runtime/fake/fake_runtime.ts';
import { createEviction } from './eviction.ts';
import { storageExcess } from './local_storage.ts';
import { mayBeEvicted, rankPods } from './rank_pods.ts';
import { hardThresholds, shortages } from './thresholds.ts';

const mib = 2 ** 20;

test('thresholds are amounts or parts', () => {
  const seen = {
    'memory.available': { available: 50 * mib, capacity: 8192 * mib },
    'nodefs.available': { available: 11, capacity: 100 },
    'imagefs.available': { available: 14, capacity: 100 },
    'nodefs.inodesFree': { available: 0, capacity: 0 },
  };
  expect(shortages(seen, hardThresholds).map(({ signal }) => signal)).toEqual([
    'memory.available',
    'imagefs.available',
  ]);
  expect(shortages(seen, {})).toEqual([]);
});

test('who goes first', () => {
  const pod = (name: string, request: string, priority = 0) => {
    const made = testPod({
      priority,
      containers: [testContainer('a', { resources: { requests: { memory: request } } })],
    });
    made.metadata.name = name;
    return made;
  };
  const candidates = [
    { pod: pod('within', '100Mi'), usage: 50 * mib },
    { pod: pod('important', '10Mi', 5), usage: 500 * mib },
    { pod: pod('little', '10Mi'), usage: 20 * mib },
    { pod: pod('much', '10Mi'), usage: 90 * mib },
  ];
  expect(rankPods(candidates, 'memory').map((each) => each.pod.metadata.name)).toEqual([
    'much',
    'little',
    'important',
    'within',
  ]);
  expect(mayBeEvicted(pod('critical', '0', 2_000_001_000))).toBe(false);
});

describe('local storage', () => {
  const pod = testPod({
    containers: [testContainer('app', { resources: { limits: { 'ephemeral-storage': '10Mi' } } })],
    volumes: [
      { name: 'disk', emptyDir: { sizeLimit: '1Mi' } },
      { name: 'mem', emptyDir: { medium: 'Memory' } },
    ],
  });
  const excess = (disk: number, app: number, mem = 0) =>
    storageExcess(pod, {
      emptyDirs: new Map([
        ['disk', disk * mib],
        ['mem', mem * mib],
      ]),
      containers: new Map([['app', app * mib]]),
    });
  test.each([
    [1, 1, 0, undefined],
    [2, 1, 0, 'Usage of EmptyDir volume "disk" exceeds the limit "1Mi". '],
    [0, 11, 0, 'Container app exceeded its local ephemeral storage limit "10Mi". '],
    [1, 9.5, 0, `Pod ephemeral local storage usage exceeds the total limit of containers ${10 * mib}. `],
    [0, 9, 50, undefined],
  ])('disk %f, container %f, memory %f MiB', (disk, app, mem, expected) => {
    expect(excess(disk, app, mem)).toBe(expected);
  });
});

test('a node that is short of memory says so and ends one pod', async () => {
  const clock = new FakeClock();
  let available = 50 * mib;
  const fs = { capacityBytes: 100, availableBytes: 90, usedBytes: 10, inodes: 100, inodesFree: 90 };
  const host: Host = {
    ...nullHost,
    usage: {
      memory: async () => ({ availableBytes: available, capacityBytes: 8192 * mib }),
      fs: async () => fs,
      processes: async () => ({ available: 1000, capacity: 2000 }),
    },
  };
  const failed: string[] = [];
  const events: string[] = [];
  let changes = 0;
  const pod = testPod({}, { phase: 'Running' });
  const actor = {
    pod,
    fail: (failure: { reason: string }) => failed.push(failure.reason),
  } as unknown as PodActor;
  const eviction = createEviction({
    host,
    runtime: fakeRuntime({ clock, random: seededRandom(1) }),
    clock,
    log: silentLogger,
    recorder: { event: (_about, _type, reason, message) => void events.push(`${reason}: ${message}`) },
    node: testNode,
    pods: () => [actor],
    phase: () => 'Running',
    freeImages: async () => 0,
    changed: () => changes++,
  });
  const stop = new AbortController();
  const running = eviction.run(stop.signal);
  await clock.advance(1000);
  expect(eviction.pressure()).toEqual({ memory: true, disk: false, pid: false });
  expect(failed).toEqual(['Evicted']);
  expect(events[0]).toMatch(
    /^Evicted: The node was low on resource: memory\. Threshold quantity: 104857600, available: 52428800\. /,
  );
  available = 4096 * mib;
  await clock.advance(60_000);
  expect(eviction.pressure().memory).toBe(true);
  await clock.advance(300_000);
  expect(eviction.pressure().memory).toBe(false);
  expect(changes).toBe(2);
  stop.abort();
  await running;
});
