import { expect, test } from 'vitest';
import { bridgeName, conflist, conflistName, gatewayOf } from './conflist.ts';

test('the configuration names nothing that needs iptables', () => {
  const network = { clusterName: 'kubets', podCidrs: ['10.244.3.0/24'], dataDir: '/state/ipam', mtu: 1400 };
  expect(conflistName('kubets')).toBe('10-kubets-kubets.conflist');
  expect(conflist(network)).toEqual({
    cniVersion: '1.0.0',
    name: 'kubets-kubets',
    plugins: [
      {
        type: 'bridge',
        bridge: 'k-kubets',
        isGateway: true,
        isDefaultGateway: true,
        ipMasq: false,
        hairpinMode: true,
        promiscMode: false,
        mtu: 1400,
        ipam: {
          type: 'host-local',
          dataDir: '/state/ipam',
          ranges: [[{ subnet: '10.244.3.0/24', gateway: '10.244.3.1' }]],
        },
      },
    ],
  });
});

test('bridge names fit into 15 characters and stay apart', () => {
  const names = [
    'a',
    'kubets',
    'thirteen-char',
    'a-very-long-cluster-name',
    'a-very-long-cluster-name-2',
  ].map(bridgeName);
  expect(names.slice(0, 3)).toEqual(['k-a', 'k-kubets', 'k-thirteen-char']);
  expect(new Set(names).size).toBe(5);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(15);
});

test('the gateway is the first address', () => {
  expect(gatewayOf('10.244.3.0/24')).toBe('10.244.3.1');
  expect(gatewayOf('fd00:10:244:3::/64')).toBe('fd00:10:244:3::1');
});
