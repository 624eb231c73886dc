import { expect, test } from 'vitest';
import { argumentsFor } from '../host/forget_flows.ts';
import { pod, service, slice, testNode } from '../testing/objects.ts';
import { planRules } from './plan_rules.ts';
import { staleUdpFlows } from './stale_flows.ts';

const udp = [{ name: '', port: 5353, protocol: 'UDP' }];
const dns = service('dns', { clusterIP: '10.96.0.53', ports: [{ port: 53, protocol: 'UDP' }] });
const web = service('web', { clusterIP: '10.96.0.80' });
const hostPort = (ip: string) =>
  pod('p', ip, {
    containers: [{ name: 'c', ports: [{ containerPort: 53, hostPort: 53, protocol: 'UDP' }] }],
  });

test('flows to UDP endpoints that are gone, of services and host ports', () => {
  const before = planRules(
    [dns, web],
    [slice('dns', ['10.244.0.2@node-1', '10.244.0.3@node-1'], udp), slice('web', ['10.244.0.4@node-1'])],
    testNode,
    [hostPort('10.244.0.5')],
  );
  const after = planRules([dns, web], [slice('dns', ['10.244.0.3@node-1'], udp)], testNode, [
    hostPort('10.244.0.6'),
  ]);
  expect(staleUdpFlows(before, after)).toEqual([
    { address: '10.244.0.2', port: 5353 },
    { address: '10.244.0.5', port: 53 },
  ]);
  expect(staleUdpFlows(before, before)).toEqual([]);
});

test('conntrack deletes by the endpoint', () => {
  expect(argumentsFor({ address: 'fd00::5', port: 53 }).join(' ')).toBe(
    '-D -f ipv6 -p udp --dst-nat fd00::5 --reply-port-src 53',
  );
});
