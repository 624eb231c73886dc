import { describe, expect, test } from 'vitest';
import { slice } from '../testing/objects.ts';
import { selectEndpoints } from './select_endpoints.ts';

const node = { name: 'node-1', zone: 'east' };
const addresses = (slices: ReturnType<typeof slice>[]) => {
  const query = { slices, family: 'IPv4', protocol: 'TCP', portName: '', node } as const;
  const { everywhere, here, ...rest } = selectEndpoints(query);
  return {
    everywhere: everywhere.map((t) => t.address.slice(-1)),
    here: here.map((t) => t.address.slice(-1)),
    ...rest,
  };
};
const hinted = (address: string, nodes: string[], zones: string[], nodeName = 'node-2') => ({
  addresses: [address],
  nodeName,
  conditions: { ready: true },
  hints: { forNodes: nodes.map((name) => ({ name })), forZones: zones.map((name) => ({ name })) },
});

describe('endpoints of a port', () => {
  test.each([
    ['ready ones', ['10.0.0.1@node-1', '10.0.0.2@node-2'], '12', '1'],
    ['not those that are not ready', ['10.0.0.1@node-1!', '10.0.0.2@node-2'], '2', ''],
    ['terminating ones only when none is ready', ['10.0.0.1@node-1~', '10.0.0.2@node-2~'], '12', '1'],
    ['terminating ones not beside ready ones', ['10.0.0.1@node-2~', '10.0.0.2@node-2'], '2', ''],
    [
      'locally the last terminating one while others are ready',
      ['10.0.0.1@node-1~', '10.0.0.2@node-2'],
      '2',
      '1',
    ],
    ['none', [], '', ''],
  ])('%s', (_, endpoints, everywhere, here) => {
    const selected = addresses([slice('web', endpoints)]);
    expect(selected.everywhere.join('')).toBe(everywhere);
    expect(selected.here.join('')).toBe(here);
    expect(selected.hasEndpoints).toBe(everywhere !== '');
  });

  test.each([
    [
      'hinted for this node',
      [hinted('10.0.0.1', ['node-1'], ['east']), hinted('10.0.0.2', ['x'], ['east'])],
      '1',
    ],
    ['hinted for this zone', [hinted('10.0.0.1', [], ['east']), hinted('10.0.0.2', [], ['west'])], '1'],
    [
      'all when none is for this zone',
      [hinted('10.0.0.1', [], ['west']), hinted('10.0.0.2', [], ['west'])],
      '12',
    ],
    ['all when one has no hint', [hinted('10.0.0.1', [], ['east']), hinted('10.0.0.2', [], [])], '12'],
    [
      'zones when no node hint is ours',
      [hinted('10.0.0.1', ['y'], ['east']), hinted('10.0.0.2', ['x'], ['w'])],
      '1',
    ],
  ])('%s', (_, endpoints, everywhere) => {
    expect(addresses([slice('web', endpoints)]).everywhere.join('')).toBe(everywhere);
  });

  test('hints do not bind the Local policy', () => {
    const endpoints = [hinted('10.0.0.1', [], ['west'], 'node-1'), hinted('10.0.0.2', [], ['east'])];
    expect(addresses([slice('web', endpoints)])).toMatchObject({ everywhere: ['2'], here: ['1'] });
  });

  test('an endpoint in two slices counts once, ready if one says so', () => {
    const slices = [slice('web', ['10.0.0.1@node-1!']), slice('web', ['10.0.0.1@node-1'])];
    expect(addresses(slices).everywhere).toEqual(['1']);
  });

  test('the port goes by name and protocol, whatever its number in the slice', () => {
    const ports = [
      { name: 'dns', protocol: 'UDP', port: 53 },
      { name: 'dns', protocol: 'TCP', port: 5353 },
      { name: 'metrics', protocol: 'TCP', port: 9153 },
    ];
    const slices = [slice('dns', ['10.0.0.1@node-1'], ports)];
    const query = { slices, family: 'IPv4', portName: 'dns', node } as const;
    expect(selectEndpoints({ ...query, protocol: 'TCP' }).here).toEqual([
      { address: '10.0.0.1', port: 5353 },
    ]);
    expect(selectEndpoints({ ...query, protocol: 'SCTP' }).hasEndpoints).toBe(false);
  });
});
