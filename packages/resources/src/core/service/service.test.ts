import { describe, expect, test } from 'vitest';
import { create, row, stored, update } from '../../testing.ts';
import { service } from './service.ts';

/** A service as it is after the API server gave it an address. */
const given = (spec: object) => ({
  metadata: { name: 'web' },
  spec: {
    clusterIP: '10.96.0.20',
    clusterIPs: ['10.96.0.20'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: [{ port: 80 }],
    ...spec,
  },
});
const external = (spec: object) => ({ metadata: { name: 'web' }, spec: { type: 'ExternalName', ...spec } });
const balanced = { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30_001 }] };
const refusal = (spec: object) => create(service, given(spec)).errors.join('\n');

test('defaults', () => {
  expect(create(service, given({})).object.spec).toMatchObject({
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
  });
  expect(create(service, given(balanced)).object).toMatchObject({
    spec: { externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true },
    status: { loadBalancer: {} },
  });
  expect(create(service, given({ sessionAffinity: 'ClientIP' })).object.spec.sessionAffinityConfig).toEqual({
    clientIP: { timeoutSeconds: 10_800 },
  });
  expect(create(service, external({ externalName: 'example.com' })).object.spec).toEqual({
    type: 'ExternalName',
    externalName: 'example.com',
    sessionAffinity: 'None',
  });
});

describe('refuses', () => {
  test('ports', () => {
    expect(refusal({ ports: [] })).toMatchInlineSnapshot(`"spec.ports: Required value"`);
    expect(refusal({ ports: [{ port: 80 }, { port: 81 }] })).toMatchInlineSnapshot(`
      "spec.ports[0].name: Required value
      spec.ports[1].name: Required value"
    `);
    expect(
      refusal({
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      }),
    ).toMatchInlineSnapshot(`"spec.ports[1].name: Duplicate value: "a""`);
    expect(
      refusal({
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      }),
    ).toMatchInlineSnapshot(
      `"spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}"`,
    );
    expect(refusal({ ports: [{ port: 0 }] })).toMatchInlineSnapshot(`
      "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
      spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive"
    `);
    expect(refusal({ ports: [{ port: 80, protocol: 'HTTP' }] })).toMatchInlineSnapshot(
      `"spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP""`,
    );
    expect(refusal({ ports: [{ port: 80, targetPort: 'a--b' }] })).toMatchInlineSnapshot(
      `"spec.ports[0].targetPort: Invalid value: "a--b": must not contain consecutive hyphens"`,
    );
    expect(refusal({ ports: [{ port: 80, nodePort: 30_000 }] })).toMatchInlineSnapshot(
      `"spec.ports[0].nodePort: Forbidden: may not be used when \`type\` is 'ClusterIP'"`,
    );
    expect(
      refusal({
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30_000 },
          { name: 'b', port: 81, nodePort: 30_000 },
        ],
      }),
    ).toMatchInlineSnapshot(`"spec.ports[1].nodePort: Duplicate value: 30000"`);
  });

  test('types and policies', () => {
    expect(refusal({ type: 'Cluster' })).toMatchInlineSnapshot(
      `"spec.type: Unsupported value: "Cluster": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort""`,
    );
    expect(refusal({ sessionAffinity: 'Cookie' })).toMatchInlineSnapshot(
      `"spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None""`,
    );
    expect(
      refusal({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }),
    ).toMatchInlineSnapshot(
      `"spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400"`,
    );
    expect(refusal({ externalTrafficPolicy: 'Local' })).toMatchInlineSnapshot(
      `"spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services"`,
    );
    expect(refusal({ internalTrafficPolicy: 'Here' })).toMatchInlineSnapshot(
      `"spec.internalTrafficPolicy: Unsupported value: "Here": supported values: "Cluster", "Local""`,
    );
    expect(refusal({ trafficDistribution: 'Far' })).toMatchInlineSnapshot(
      `"spec.trafficDistribution: Unsupported value: "Far": supported values: "PreferClose", "PreferSameZone", "PreferSameNode""`,
    );
  });

  test('addresses', () => {
    expect(refusal({ clusterIP: 'x', clusterIPs: ['x'] })).toMatchInlineSnapshot(
      `"spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"`,
    );
    expect(refusal({ clusterIP: '10.96.0.21' })).toMatchInlineSnapshot(
      `"spec.clusterIPs: Invalid value: ["10.96.0.20"]: first value must match \`clusterIP\`"`,
    );
    expect(refusal({ clusterIPs: ['10.96.0.20', '10.96.0.21'] })).toMatchInlineSnapshot(
      `"spec.clusterIPs: Invalid value: ["10.96.0.20","10.96.0.21"]: may specify no more than one IP for each IP family"`,
    );
    expect(refusal({ ipFamilies: ['IPv6'] })).toMatchInlineSnapshot(
      `"spec.clusterIPs[0]: Invalid value: "10.96.0.20": expected an IPv6 value as indicated by \`ipFamilies[0]\`"`,
    );
    expect(refusal({ type: 'LoadBalancer', clusterIP: 'None', clusterIPs: ['None'] })).toMatchInlineSnapshot(
      `"spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services"`,
    );
    expect(refusal({ externalIPs: ['127.0.0.1'] })).toMatchInlineSnapshot(
      `"spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)"`,
    );
    expect(refusal({ ...balanced, loadBalancerSourceRanges: ['1.2.3.4'] })).toMatchInlineSnapshot(
      `"spec.LoadBalancerSourceRanges[0]: Invalid value: "1.2.3.4": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"`,
    );
    expect(refusal({ loadBalancerClass: 'a/b' })).toMatchInlineSnapshot(
      `"spec.loadBalancerClass: Forbidden: may only be used when \`type\` is 'LoadBalancer'"`,
    );
  });

  test('names of elsewhere', () => {
    expect(create(service, external({})).errors.join('\n')).toMatchInlineSnapshot(
      `"spec.externalName: Required value"`,
    );
    expect(create(service, external({ externalName: 'a_b' })).errors.join('\n')).toMatchInlineSnapshot(
      `"spec.externalName: Invalid value: "a_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
    expect(
      create(
        service,
        external({ externalName: 'a.b', clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20'] }),
      ).errors.join('\n'),
    ).toMatchInlineSnapshot(`"spec.clusterIPs: Forbidden: may not be set for ExternalName services"`);
  });
});

describe('update', () => {
  const old = stored(service, given({}));

  test('the address stays', () => {
    const moved = update(service, old, ({ spec }) => {
      spec.clusterIP = '10.96.0.21';
      spec.clusterIPs = ['10.96.0.21'];
    });
    expect(moved.errors.join('\n')).toMatchInlineSnapshot(
      `"spec.clusterIPs[0]: Invalid value: ["10.96.0.21"]: may not change once set"`,
    );
    const silent = update(service, old, ({ spec }) => {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    });
    expect(silent.errors).toEqual([]);
    expect(silent.object.spec).toEqual(old.spec);
  });

  test('the address goes with the type', () => {
    const { object, errors } = update(service, old, (next) => {
      next.spec = { type: 'ExternalName', externalName: 'example.com' };
    });
    expect(errors).toEqual([]);
    expect(object.spec).toEqual({
      type: 'ExternalName',
      externalName: 'example.com',
      sessionAffinity: 'None',
    });
  });

  test('ports of nodes stay, and go with the type', () => {
    const open = stored(service, given({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_001 }] }));
    const silent = update(service, open, ({ spec }) => delete spec.ports[0].nodePort);
    expect(silent.object.spec.ports[0].nodePort).toBe(30_001);
    const closed = update(service, open, ({ spec }) => (spec.type = 'ClusterIP'));
    expect(closed.errors).toEqual([]);
    expect(closed.object.spec.ports[0].nodePort).toBeUndefined();
    expect(closed.object.spec.externalTrafficPolicy).toBeUndefined();
  });

  test('the class of a load balancer stays', () => {
    const lb = stored(service, given({ ...balanced, loadBalancerClass: 'example.com/lb' }));
    const { errors } = update(service, lb, ({ spec }) => (spec.loadBalancerClass = 'example.com/other'));
    expect(errors.join('\n')).toMatchInlineSnapshot(
      `"spec.loadBalancerClass: Invalid value: "example.com/other": may not change once set"`,
    );
  });

  test('status', () => {
    const lb = stored(service, given(balanced));
    const write = (ingress: object[]) =>
      update(service, lb, (next) => (next.status = { loadBalancer: { ingress } }), 'status');
    expect(write([{ ip: '1.2.3.4' }])).toMatchObject({
      errors: [],
      object: { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'VIP' }] } } },
    });
    expect(write([{ ip: 'x' }]).errors.join('\n')).toMatchInlineSnapshot(
      `"status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"`,
    );
    expect(write([{ hostname: 'a_b' }]).errors.join('\n')).toMatchInlineSnapshot(
      `"status.loadBalancer.ingress[0].hostname: Invalid value: "a_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
  });
});

test.each<[spec: object, ingress: object[], expected: object]>([
  [{}, [], { Type: 'ClusterIP', 'Cluster-IP': '10.96.0.20', 'External-IP': '<none>', 'Port(s)': '80/TCP' }],
  [{ externalIPs: ['1.2.3.4', '1.2.3.5'] }, [], { 'External-IP': '1.2.3.4,1.2.3.5' }],
  [
    {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_001 },
        { name: 'b', port: 53, protocol: 'UDP', nodePort: 30_002 },
      ],
    },
    [],
    { Type: 'NodePort', 'External-IP': '<none>', 'Port(s)': '80:30001/TCP,53:30002/UDP' },
  ],
  [balanced, [], { 'External-IP': '<pending>' }],
  [
    { ...balanced, selector: { app: 'web', tier: 'front' } },
    [{ ip: '1.2.3.4' }, { hostname: 'lb.example.com' }],
    { 'External-IP': '1.2.3.4,lb.example.com', Selector: 'app=web,tier=front' },
  ],
])('kubectl get services: %j', (spec, ingress, expected) => {
  const { object } = create(service, given(spec));
  expect(row(service, { ...object, status: { loadBalancer: { ingress } } })).toMatchObject(expected);
});

test('a name for elsewhere has no address', () => {
  const { object } = create(service, external({ externalName: 'example.com' }));
  expect(row(service, object)).toMatchObject({
    'Cluster-IP': '<none>',
    'External-IP': 'example.com',
    'Port(s)': '<none>',
    Selector: '<none>',
  });
});

test('is warned of what has no effect', () => {
  const warned = (spec: object) => create(service, given(spec)).warnings.join('\n');
  expect(warned({})).toBe('');
  expect(
    warned({
      clusterIP: 'None',
      clusterIPs: ['None'],
      sessionAffinity: 'ClientIP',
      externalIPs: ['1.2.3.4'],
    }),
  ).toMatchInlineSnapshot(`
    "spec.externalIPs is ignored for headless services
    spec.SessionAffinity is ignored for headless services"
  `);
  expect(warned({ externalIPs: ['1.2.3.4'] })).toMatchInlineSnapshot(
    `"spec.externalIPs is deprecated and may no longer be implemented in some clusters"`,
  );
  expect(warned({ externalName: 'a.b' })).toMatchInlineSnapshot(
    `"spec.externalName is ignored when spec.type is not "ExternalName""`,
  );
  expect(warned({ trafficDistribution: 'PreferClose' })).toMatchInlineSnapshot(
    `"spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone""`,
  );
});
