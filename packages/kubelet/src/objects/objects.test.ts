import type { ConfigMap } from '@kubets/api';
import { FakeClock, silentLogger } from '@kubets/base';
import { refs } from '@kubets/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testContainer, testPod } from '../pod/fixtures.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../testing/simulated_cluster.ts';
import { podReferences } from './pod_references.ts';
import { watchedObjects } from './watched_objects.ts';

let cluster: SimulatedCluster;
beforeEach(async () => {
  cluster = await startSimulatedCluster();
});
afterEach(() => cluster.stop());

test('what a pod names', () => {
  const pod = testPod({
    imagePullSecrets: [{ name: 'pull' }],
    containers: [
      testContainer('app', {
        envFrom: [{ configMapRef: { name: 'env' } }, { secretRef: { name: 'env-secret' } }],
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'key', key: 'a' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'pull', key: 'b' } } },
        ],
      }),
    ],
    volumes: [
      { name: 'a', configMap: { name: 'volume' } },
      { name: 'b', secret: { secretName: 'volume-secret' } },
      {
        name: 'c',
        projected: { sources: [{ configMap: { name: 'part' } }, { secret: { name: 'part-secret' } }] },
      },
    ],
  });
  expect(
    podReferences(pod)
      .map(({ kind, name }) => `${kind}/${name}`)
      .sort(),
  ).toEqual([
    'ConfigMap/env',
    'ConfigMap/key',
    'ConfigMap/part',
    'ConfigMap/volume',
    'Secret/env-secret',
    'Secret/part-secret',
    'Secret/pull',
    'Secret/volume-secret',
  ]);
});

test('objects are followed while a pod names them', async () => {
  const objects = watchedObjects({ client: cluster.client, clock: new FakeClock(), log: silentLogger });
  const name = { kind: 'ConfigMap', namespace: 'default', name: 'settings' } as const;
  const heard: string[] = [];
  objects.follow('pod-1', [name], () => heard.push('pod-1'));
  objects.follow('pod-2', [name], () => heard.push('pod-2'));
  await expect(objects.configMap('default', 'settings')).rejects.toThrow('configmaps "settings" not found');

  await cluster.client.create(refs.configMaps, {
    metadata: { name: 'settings', namespace: 'default' },
    data: { a: '1' },
  });
  await cluster.advance(1);
  expect(heard).toEqual(['pod-1', 'pod-2']);
  const seen: ConfigMap = await objects.configMap('default', 'settings');
  expect(seen.data).toEqual({ a: '1' });

  objects.release('pod-1');
  await cluster.client.patch(refs.configMaps, 'settings', 'default', 'merge', { data: { a: '2' } });
  await cluster.advance(1);
  expect(heard).toEqual(['pod-1', 'pod-2', 'pod-2']);
  expect((await objects.configMap('default', 'settings')).data).toEqual({ a: '2' });

  objects.release('pod-2');
  await cluster.client.patch(refs.configMaps, 'settings', 'default', 'merge', { data: { a: '3' } });
  await cluster.advance(1);
  expect(heard).toHaveLength(3);
  // Nobody follows it, so it is asked for.
  expect((await objects.configMap('default', 'settings')).data).toEqual({ a: '3' });
});
