import { describe, expect, test } from 'vitest';
import { endpointSlice } from '../discovery/endpoint_slice.ts';
import { create, row, stored, update } from '../testing.ts';
import { ingress } from './ingress.ts';
import { ingressClass } from './ingress_class.ts';
import { ipAddress } from './ip_address.ts';
import { networkPolicy } from './network_policy.ts';
import { serviceCidr } from './service_cidr.ts';

const backend = { service: { name: 'web', port: { number: 80 } } };
const path = (change: object = {}) => ({ path: '/', pathType: 'Prefix', backend, ...change });
const rule = (host: string | undefined, ...paths: object[]) => ({ ...(host && { host }), http: { paths } });

describe('ingresses', () => {
  const refusal = (spec: object) => create(ingress, { metadata: { name: 'web' }, spec }).errors.join('\n');

  test('are refused', () => {
    expect(refusal({})).toMatchInlineSnapshot(
      `"spec: Invalid value: null: either \`defaultBackend\` or \`rules\` must be specified"`,
    );
    expect(refusal({ rules: [rule('a_b', path())] })).toMatchInlineSnapshot(
      `"spec.rules[0].host: Invalid value: "a_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
    expect(refusal({ rules: [rule('1.2.3.4', path())] })).toMatchInlineSnapshot(
      `"spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address"`,
    );
    expect(refusal({ rules: [rule('*.com*', path())] })).toMatchInlineSnapshot(
      `"spec.rules[0].host: Invalid value: "*.com*": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
    expect(refusal({ rules: [rule(undefined)] })).toMatchInlineSnapshot(
      `"spec.rules[0].http.paths: Required value"`,
    );
    expect(refusal({ rules: [rule(undefined, path({ path: 'a' }))] })).toMatchInlineSnapshot(
      `"spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path"`,
    );
    expect(refusal({ rules: [rule(undefined, path({ path: '/a//b' }))] })).toMatchInlineSnapshot(
      `"spec.rules[0].http.paths[0].path: Invalid value: "/a//b": must not contain '//'"`,
    );
    expect(refusal({ rules: [rule(undefined, path({ pathType: undefined }))] })).toMatchInlineSnapshot(
      `"spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"`,
    );
    expect(refusal({ rules: [rule(undefined, path({ pathType: 'Regex' }))] })).toMatchInlineSnapshot(
      `"spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix""`,
    );
    expect(refusal({ defaultBackend: { service: { name: 'web' } } })).toMatchInlineSnapshot(
      `"spec.defaultBackend: Required value: port name or number is required"`,
    );
    expect(refusal({ defaultBackend: {} })).toMatchInlineSnapshot(
      `"spec.defaultBackend: Invalid value: "": resource or service backend is required"`,
    );
    expect(
      refusal({ defaultBackend: { service: { name: 'web', port: { number: 80, name: 'http' } } } }),
    ).toMatchInlineSnapshot(
      `"spec.defaultBackend: Invalid value: "": cannot set both port name & port number"`,
    );
    expect(refusal({ defaultBackend: backend, ingressClassName: 'A' })).toMatchInlineSnapshot(
      `"spec.ingressClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
    expect(
      refusal({
        rules: [rule('*.example.com', path())],
        tls: [{ hosts: ['*.example.com'], secretName: 'tls' }],
      }),
    ).toBe('');
  });

  test('the old annotation is warned of', () => {
    const metadata = { name: 'web', annotations: { 'kubernetes.io/ingress.class': 'nginx' } };
    expect(create(ingress, { metadata, spec: { defaultBackend: backend } }).warnings).toEqual([
      'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
    ]);
  });

  test('are shown', () => {
    const hosts = (...names: (string | undefined)[]) => ({ rules: names.map((name) => rule(name, path())) });
    const cells = (spec: object) => row(ingress, create(ingress, { metadata: { name: 'web' }, spec }).object);
    expect(cells({ defaultBackend: backend })).toMatchObject({
      Class: '<none>',
      Hosts: '*',
      Address: '',
      Ports: '80',
    });
    expect(cells({ ...hosts('a.b', 'c.d'), ingressClassName: 'nginx' })).toMatchObject({
      Class: 'nginx',
      Hosts: 'a.b,c.d',
    });
    expect(cells({ ...hosts('a', 'b', 'c', 'd', 'e'), tls: [{}] })).toMatchObject({
      Hosts: 'a,b,c + 2 more...',
      Ports: '80, 443',
    });
  });
});

test('the class of ingresses keeps its controller', () => {
  const old = stored(ingressClass, { spec: { controller: 'example.com/nginx' } });
  expect(
    update(ingressClass, old, ({ spec }) => (spec.controller = 'example.com/other')).errors.join('\n'),
  ).toMatchInlineSnapshot(`"spec.controller: Invalid value: "example.com/other": field is immutable"`);
  const refusal = (spec: object) => create(ingressClass, { spec }).errors.join('\n');
  expect(refusal({ controller: 'nginx' })).toMatchInlineSnapshot(
    `"spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")"`,
  );
  expect(
    refusal({ controller: 'a.b/c', parameters: { kind: 'Config', name: 'a', scope: 'Namespace' } }),
  ).toMatchInlineSnapshot(
    `"spec.parameters.namespace: Required value: \`parameters.scope\` is set to 'Namespace'"`,
  );
  expect(row(ingressClass, old)).toMatchObject({ Controller: 'example.com/nginx', Parameters: '<none>' });
});

describe('network policies', () => {
  const refusal = (spec: object) =>
    create(networkPolicy, { spec: { podSelector: {}, ...spec } }).errors.join('\n');

  test('defaults', () => {
    const types = (spec: object) => create(networkPolicy, { spec }).object.spec.policyTypes;
    expect(types({ podSelector: {} })).toEqual(['Ingress']);
    expect(types({ podSelector: {}, egress: [{}] })).toEqual(['Ingress', 'Egress']);
    expect(types({ podSelector: {}, policyTypes: ['Egress'] })).toEqual(['Egress']);
    const { object } = create(networkPolicy, {
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
    });
    expect(object.spec.ingress[0].ports[0].protocol).toBe('TCP');
  });

  test('are refused', () => {
    expect(refusal({ ingress: [{ ports: [{ port: 0 }] }] })).toMatchInlineSnapshot(
      `"spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"`,
    );
    expect(refusal({ ingress: [{ ports: [{ port: 80, endPort: 79 }] }] })).toMatchInlineSnapshot(
      `"spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to \`port\`"`,
    );
    expect(refusal({ ingress: [{ ports: [{ endPort: 80 }] }] })).toMatchInlineSnapshot(
      `"spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when \`port\` is not specified"`,
    );
    expect(refusal({ ingress: [{ from: [{}] }] })).toMatchInlineSnapshot(
      `"spec.ingress[0].from[0]: Required value: must specify a peer"`,
    );
    expect(
      refusal({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] }),
    ).toMatchInlineSnapshot(
      `"spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\`"`,
    );
    expect(
      refusal({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }] }),
    ).toMatchInlineSnapshot(
      `"spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer"`,
    );
    expect(refusal({ policyTypes: ['Both'] })).toMatchInlineSnapshot(
      `"spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress""`,
    );
  });

  test('are shown', () => {
    const { object } = create(networkPolicy, { spec: { podSelector: { matchLabels: { app: 'db' } } } });
    expect(row(networkPolicy, object)).toMatchObject({ 'Pod-Selector': 'app=db' });
  });
});

test('addresses are named by themselves', () => {
  const parentRef = { resource: 'services', namespace: 'default', name: 'web' };
  const refusal = (name: string, spec: object) =>
    create(ipAddress, { metadata: { name }, spec }).errors.join('\n');
  expect(refusal('10.96.0.20', { parentRef })).toBe('');
  expect(refusal('web', { parentRef })).toMatchInlineSnapshot(
    `"metadata.name: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"`,
  );
  expect(refusal('2001:DB8::1', { parentRef })).toMatchInlineSnapshot(
    `"metadata.name: Invalid value: "2001:DB8::1": must be in canonical form ("2001:db8::1")"`,
  );
  expect(refusal('10.96.0.20', {})).toMatchInlineSnapshot(`"spec.parentRef: Required value"`);
  const { object } = create(ipAddress, { metadata: { name: '10.96.0.20' }, spec: { parentRef } });
  expect(row(ipAddress, object)).toMatchObject({ ParentRef: 'services/default/web' });
});

test('ranges of service addresses only grow by the other family', () => {
  const refusal = (cidrs: string[]) => create(serviceCidr, { spec: { cidrs } }).errors.join('\n');
  expect(refusal(['10.96.0.0/16', 'fd00::/112'])).toBe('');
  expect(refusal([])).toMatchInlineSnapshot(`"spec.cidrs: Required value: at least one CIDR required"`);
  expect(refusal(['10.96.0.0/16', '10.97.0.0/16'])).toMatchInlineSnapshot(
    `"spec.cidrs: Invalid value: ["10.96.0.0/16","10.97.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"`,
  );
  expect(refusal(['10.96.0.1/16'])).toMatchInlineSnapshot(
    `"spec.cidrs[0]: Invalid value: "10.96.0.1/16": must not have bits set beyond the prefix length"`,
  );
  const old = stored(serviceCidr, { spec: { cidrs: ['10.96.0.0/16'] } });
  expect(
    update(serviceCidr, old, ({ spec }) => (spec.cidrs = ['10.97.0.0/16'])).errors.join('\n'),
  ).toMatchInlineSnapshot(`"spec.cidrs[0]: Invalid value: "10.97.0.0/16": field is immutable"`);
  expect(update(serviceCidr, old, ({ spec }) => spec.cidrs.push('fd00::/112')).errors).toEqual([]);
});

describe('endpoint slices', () => {
  const given = (change: object = {}) => ({
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.0.7'], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 8080 }],
    ...change,
  });
  const refusal = (change: object) => create(endpointSlice, given(change)).errors.join('\n');

  test('defaults', () => {
    expect(create(endpointSlice, given({ ports: [{ port: 80 }] })).object.ports).toEqual([
      { name: '', port: 80, protocol: 'TCP' },
    ]);
  });

  test('are refused', () => {
    expect(refusal({ addressType: 'IPX' })).toMatchInlineSnapshot(
      `"addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6""`,
    );
    expect(refusal({ endpoints: [{ addresses: [] }] })).toMatchInlineSnapshot(
      `"endpoints[0].addresses: Required value: must contain at least 1 address"`,
    );
    expect(refusal({ endpoints: [{ addresses: ['fd00::1'] }] })).toMatchInlineSnapshot(
      `"endpoints[0].addresses: Invalid value: "fd00::1": must be an IPv4 address"`,
    );
    expect(
      refusal({
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      }),
    ).toMatchInlineSnapshot(`"ports[1].name: Duplicate value: "a""`);
    expect(
      refusal({ endpoints: Array.from({ length: 1001 }, () => ({ addresses: ['10.0.0.1'] })) }),
    ).toMatchInlineSnapshot(`"endpoints: Too many: 1001: must have at most 1000 items"`);
  });

  test('keep their kind of address', () => {
    const old = stored(endpointSlice, given());
    expect(
      update(endpointSlice, old, (next) => (next.addressType = 'FQDN')).errors.join('\n'),
    ).toMatchInlineSnapshot(`"addressType: Invalid value: "FQDN": field is immutable"`);
    expect(update(endpointSlice, old, (next) => (next.ports = [])).object.metadata.generation).toBe(2);
  });

  test('are shown', () => {
    const endpoints = ['1', '2', '3', '4'].map((last) => ({ addresses: [`10.0.0.${last}`] }));
    const { object } = create(endpointSlice, given({ endpoints }));
    expect(row(endpointSlice, object)).toMatchObject({
      AddressType: 'IPv4',
      Ports: '8080',
      Endpoints: '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...',
    });
  });
});
