import { describe, expect, test } from 'vitest';
import { pod, service, slice, testNode } from '../testing/objects.ts';
import { planHostPorts } from './plan_host_ports.ts';
import { planRules, replanRules } from './plan_rules.ts';
import { planService } from './plan_service.ts';

const endpoints = slice('web', ['10.244.0.2@node-1', '10.244.1.5@node-2']);

describe('a service', () => {
  test('has a frontend for each way in', () => {
    const web = service(
      'web',
      {
        clusterIP: '10.96.0.80',
        type: 'LoadBalancer',
        externalIPs: ['203.0.113.9'],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 32000,
        loadBalancerSourceRanges: [' 192.0.2.0/24 ', '192.0.2.7/32', 'fd00::/8', '192.0.2.0/24'],
        ports: [{ port: 80, nodePort: 30080, name: 'http', protocol: 'TCP' }],
      },
      {
        status: {
          loadBalancer: {
            ingress: [
              { ip: '203.0.113.5', ipMode: 'VIP' },
              { ip: '203.0.113.6', ipMode: 'Proxy' },
            ],
          },
        },
      },
    );
    const named = { ...endpoints, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] };
    const external = { reach: 'external', policy: 'Local' };
    expect(planService(web, [named], testNode)).toEqual({
      key: 'default/web',
      healthCheck: { port: 32000, localEndpoints: 1 },
      ports: [
        {
          family: 'IPv4',
          protocol: 'TCP',
          name: 'http',
          affinitySeconds: 0,
          everywhere: [
            { address: '10.244.0.2', port: 8080 },
            { address: '10.244.1.5', port: 8080 },
          ],
          here: [{ address: '10.244.0.2', port: 8080 }],
          hasEndpoints: true,
          localAddresses: ['10.244.0.2'],
          frontends: [
            { address: '10.96.0.80', port: 80, reach: 'internal', policy: 'Cluster' },
            { address: '203.0.113.9', port: 80, ...external },
            { address: '203.0.113.5', port: 80, ...external, sourceRanges: ['192.0.2.0/24'] },
            { address: undefined, port: 30080, ...external },
          ],
        },
      ],
    });
  });

  test.each([
    ['headless', service('web', { clusterIP: 'None' })],
    ['an ExternalName', service('web', { type: 'ExternalName', externalName: 'x.example' })],
    ['answered on this node', service('web', { clusterIP: '10.96.0.10' })],
    [
      "another proxy's",
      service(
        'web',
        { clusterIP: '10.96.0.80' },
        {
          metadata: {
            name: 'web',
            namespace: 'default',
            uid: '',
            resourceVersion: '',
            creationTimestamp: '',
            labels: { 'service.kubernetes.io/service-proxy-name': '' },
          },
        },
      ),
    ],
  ])('that is %s has no rules', (_, each) => expect(planService(each, [], testNode)).toBeUndefined());

  test('of two families has ports in both, each with endpoints of its own', () => {
    const web = service('web', { clusterIP: '10.96.0.80', clusterIPs: ['10.96.0.80', 'FD00::80'] });
    const v6 = slice('web', ['fd00:10:244::2@node-1']);
    const planned = planService(web, [endpoints, v6], testNode)!;
    expect(planned.ports.map((p) => [p.family, p.frontends[0]?.address, p.here[0]?.address])).toEqual([
      ['IPv4', '10.96.0.80', '10.244.0.2'],
      ['IPv6', 'fd00::80', 'fd00:10:244::2'],
    ]);
  });

  test('has no endpoints of slices that are for DNS alone', () => {
    const web = service('web', { clusterIP: '10.96.0.80' });
    const hidden = structuredClone(endpoints);
    hidden.metadata.labels = { ...hidden.metadata.labels, 'service.kubernetes.io/headless': '' };
    expect(planService(web, [hidden], testNode)!.ports[0]!.here).toEqual([]);
    expect(planService(web, [endpoints], testNode)!.ports[0]!.here).not.toEqual([]);
  });

  test('remembers clients for three hours unless it says otherwise', () => {
    const sticky = (seconds?: number) =>
      planService(
        service('web', {
          clusterIP: '10.96.0.80',
          sessionAffinity: 'ClientIP',
          sessionAffinityConfig: { clientIP: { ...(seconds && { timeoutSeconds: seconds }) } },
        }),
        [],
        testNode,
      )!.ports[0]!.affinitySeconds;
    expect([sticky(), sticky(5)]).toEqual([10_800, 5]);
  });
});

describe('host ports', () => {
  const containers = [
    {
      name: 'c',
      ports: [
        { containerPort: 80, hostPort: 8080 },
        { containerPort: 81 },
        { containerPort: 53, hostPort: 53, hostIP: '127.0.0.1', protocol: 'UDP' },
      ],
    },
  ];
  test('of a running pod', () => {
    expect(planHostPorts(pod('a', '10.244.0.2', { containers }))).toEqual([
      {
        family: 'IPv4',
        protocol: 'TCP',
        hostAddress: undefined,
        port: 8080,
        target: { address: '10.244.0.2', port: 80 },
      },
      {
        family: 'IPv4',
        protocol: 'UDP',
        hostAddress: '127.0.0.1',
        port: 53,
        target: { address: '10.244.0.2', port: 53 },
      },
    ]);
  });
  test('not of pods on the host network, without address or at an end', () => {
    expect(planHostPorts(pod('a', '10.244.0.2', { containers, hostNetwork: true }))).toEqual([]);
    expect(planHostPorts({ ...pod('a', '', { containers }), status: { phase: 'Pending' } })).toEqual([]);
    const done = pod('a', '10.244.0.2', { containers });
    expect(planHostPorts({ ...done, status: { ...done.status, phase: 'Succeeded' } })).toEqual([]);
  });
});

describe('planning anew', () => {
  const web = service('web', { clusterIP: '10.96.0.80' });
  const other = service('other', { clusterIP: '10.96.0.81' });
  const before = planRules([web, other], [endpoints], testNode);

  test('touches only what changed', () => {
    const after = replanRules(before, {
      services: new Map([['default/web', { service: web, slices: [] }]]),
      pods: new Map(),
    });
    expect(after).toEqual(planRules([web, other], [], testNode));
    expect(after.services.get('default/other')).toBe(before.services.get('default/other'));
    expect(after.hostPorts).toBe(before.hostPorts);
  });

  test('drops what is gone', () => {
    const after = replanRules(before, { services: new Map([['default/web', undefined]]), pods: new Map() });
    expect([...after.services.keys()]).toEqual(['default/other']);
  });
});
