import type { Node } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { testNode, testNow } from '../pod/fixtures.ts';
import { noPressure, runtimeFacts, unknownRuntime } from './node_facts.ts';
import { type NodeStatusInput, nodeStatus } from './node_status.ts';

const ready = runtimeFacts(
  { runtimeName: 'containerd', runtimeVersion: '1.6.20' },
  {
    status: {
      conditions: [
        { type: 'RuntimeReady', status: true },
        { type: 'NetworkReady', status: true },
      ],
    },
  },
);

const make = (more: Partial<NodeStatusInput> = {}) =>
  nodeStatus({
    node: testNode,
    known: undefined,
    runtime: ready,
    pressure: noPressure,
    images: [],
    now: testNow,
    ...more,
  });

describe('conditions', () => {
  const of = (status: ReturnType<typeof make>, type: string) =>
    status.conditions?.find((each) => each.type === type);

  test('a node that is well', () => {
    expect(of(make(), 'Ready')).toMatchObject({
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
    });
    expect(make().conditions?.at(-1)?.type).toBe('Ready');
  });

  test('without a network', () => {
    const runtime = runtimeFacts(
      { runtimeName: 'containerd' },
      {
        status: {
          conditions: [
            { type: 'RuntimeReady', status: true },
            { type: 'NetworkReady', reason: 'NetworkPluginNotReady', message: 'cni plugin not initialized' },
          ],
        },
      },
    );
    expect(of(make({ runtime }), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message:
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized',
    });
  });

  test('before the runtime was asked', () => {
    expect(of(make({ runtime: unknownRuntime }), 'Ready')?.status).toBe('False');
  });

  test('under pressure', () => {
    const status = make({ pressure: { memory: true, disk: true, pid: true } });
    expect(status.conditions?.map(({ reason }) => reason)).toEqual([
      'KubeletHasInsufficientMemory',
      'KubeletHasDiskPressure',
      'KubeletHasInsufficientPID',
      'KubeletReady',
    ]);
  });

  test('the time of the last change is kept', () => {
    const known = { status: make() } as Node;
    const later = make({ known, now: testNow + 60_000, pressure: { ...noPressure, disk: true } });
    expect(of(later, 'Ready')).toMatchObject({
      lastHeartbeatTime: '2026-01-01T00:01:00Z',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    expect(of(later, 'DiskPressure')?.lastTransitionTime).toBe('2026-01-01T00:01:00Z');
  });
});

test('what the node is', () => {
  const images = Array.from({ length: 60 }, (_, i) => ({ id: `${i}`, repoTags: [`app:${i}`], size: i }));
  const status = make({ images });
  expect(status).toMatchObject({
    capacity: { cpu: '4', pods: '110' },
    allocatable: { memory: '8Gi' },
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      containerRuntimeVersion: 'containerd://1.6.20',
      kubeletVersion: 'v1.36.0',
      operatingSystem: 'linux',
    },
  });
  expect(status.images).toHaveLength(50);
  expect(status.images?.[0]).toEqual({ names: ['app:59'], sizeBytes: 59 });
});

test('resources that others gave the node stay', () => {
  const known = { status: { capacity: { 'example.com/gpu': '2', cpu: '1' } } } as unknown as Node;
  expect(make({ known }).capacity).toMatchObject({ 'example.com/gpu': '2', cpu: '4' });
});
