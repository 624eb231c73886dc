import { describe, expect, test } from 'vitest';
import { clusterNameProblem, newClusterConfig } from './config.ts';

const options = { fakeNodes: 0, nodeName: 'n', nodeAddress: '192.0.2.1', portTaken: async () => false };

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
