import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  clusterNameProblem,
  listClusters,
  newClusterConfig,
  readClusterConfig,
  writeClusterConfig,
} from './config.ts';
import { clusterPaths } from './paths.ts';

const options = {
  fakeNodes: 0,
  nodeName: 'n',
  nodeAddress: '192.0.2.1',
  portTaken: async () => false,
  routes: [],
};

describe('a new cluster', () => {
  test('the first has the well-known networks and ports', async () => {
    expect(await newClusterConfig({ ...options, name: 'kubets', others: [] })).toMatchObject({
      index: 0,
      apiPort: 6443,
      kubeletPort: 10250,
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/16',
      dnsAddress: '10.96.0.10',
    });
  });

  test('a second shares neither networks nor ports with the first', async () => {
    const first = await newClusterConfig({ ...options, name: 'a', others: [] });
    const second = await newClusterConfig({ ...options, name: 'b', others: [first] });
    for (const key of ['index', 'apiPort', 'kubeletPort', 'podCidr', 'serviceCidr'] as const) {
      expect(second[key]).not.toBe(first[key]);
    }
  });

  test('a cluster of another state folder, or the net that the machine is in, is gone round', async () => {
    const route = (cidr: string) => ({ link: 'k-other', cidr });
    const indexWith = async (...cidrs: string[]) =>
      (await newClusterConfig({ ...options, name: 'a', others: [], routes: cidrs.map(route) })).index;
    expect(await indexWith('10.96.0.0/16', '10.244.0.0/24')).toBe(1);
    expect(await indexWith('10.96.0.10/32', '10.97.0.0/16', '10.242.7.0/24')).toBe(3);
    // A wider network leaves room for a narrower one.
    expect(await indexWith('10.0.0.0/8', '192.168.1.0/24')).toBe(0);
  });

  test('a restored cluster has networks that its index does not tell', async () => {
    const first = await newClusterConfig({ ...options, name: 'a', others: [] });
    const restored = { ...first, index: 0, serviceCidr: '10.97.0.0/16', podCidr: '10.243.0.0/16' };
    const next = await newClusterConfig({ ...options, name: 'b', others: [restored] });
    expect(next.serviceCidr).toBe('10.98.0.0/16');
    const simulated = { ...restored, fakeNodes: 3 };
    expect((await newClusterConfig({ ...options, name: 'b', others: [simulated] })).serviceCidr).toBe(
      '10.97.0.0/16',
    );
  });

  test('simulated clusters go round ports that others hold', async () => {
    const portTaken = async (port: number) => port < 6450;
    expect(
      (await newClusterConfig({ ...options, fakeNodes: 3, portTaken, name: 'a', others: [] })).apiPort,
    ).toBe(6450);
  });
});

test.each([
  ['dev', true],
  ['a-1', true],
  ['', false],
  ['-a', false],
  ['Dev', false],
  ['a'.repeat(21), false],
  ['../x', false],
])('the name %j can be a cluster: %s', (name, allowed) =>
  expect(clusterNameProblem(name) === undefined).toBe(allowed),
);

test('a damaged configuration is told by whose it is, and is in nobody else’s way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubets-config-'));
  vi.stubEnv('KUBETS_STATE_DIR', folder);
  try {
    const whole = await newClusterConfig({ ...options, name: 'whole', others: [] });
    writeClusterConfig(clusterPaths('whole'), whole);
    const damaged = clusterPaths('damaged');
    mkdirSync(damaged.root);
    for (const text of ['', '{"form": 1', '{}']) {
      writeFileSync(damaged.config, text);
      expect(() => readClusterConfig(damaged)).toThrow(
        /cluster\.json is damaged: .*kubets down --name damaged/,
      );
      expect(listClusters()).toEqual([whole]);
    }
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});
