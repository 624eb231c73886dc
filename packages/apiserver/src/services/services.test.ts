import { seededRandom } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';
import { AddressRange } from './address_range.ts';
import { PortPool } from './pools.ts';
import { portPrefix } from './shared_claims.ts';

const path = '/api/v1/namespaces/default/services';
const merge = { headers: { 'content-type': 'application/merge-patch+json' } };

describe('ranges', () => {
  test('usable addresses, without the network and the broadcast address', () => {
    const range = new AddressRange('10.0.0.0/28');
    expect([range.size, range.at(0), range.at(13)]).toEqual([14, '10.0.0.1', '10.0.0.14']);
    const wide = new AddressRange('fd00:1::/108');
    expect([wide.family, wide.at(0), wide.at(0xffff)]).toEqual(['IPv6', 'fd00:1::1', 'fd00:1::1:0']);
  });

  test.each([
    ['10.0.0.0/28', 0],
    ['10.0.0.0/24', 16],
    ['10.96.0.0/16', 256],
    ['10.0.0.0/20', 255],
  ])('the static band of %s is %i', (cidr, band) => {
    expect(new AddressRange(cidr).staticBand).toBe(band);
  });

  test('the static band is used when nothing else is left', () => {
    const range = new AddressRange('10.0.0.0/24');
    const taken = new Set<string>();
    const random = seededRandom(1);
    for (let i = 0; i < range.size; i++) {
      const ip = range.pick((each) => !taken.has(each), random)!;
      expect(taken.has(ip)).toBe(false);
      taken.add(ip);
      if (i < range.size - range.staticBand)
        expect(Number(ip.split('.')[3])).toBeGreaterThan(range.staticBand);
    }
    expect(range.pick((each) => !taken.has(each), random)).toBeUndefined();
  });

  test('ports likewise', () => {
    const pool = new PortPool({ from: 30_000, to: 30_063 });
    const random = seededRandom(1);
    const first = Array.from({ length: 48 }, () => pool.takeAny('a', random)!);
    expect(Math.min(...first)).toBe(30_016);
    expect(pool.takeAny('a', random)).toBeLessThan(30_016);
    expect(pool.take(29_999, 'b')).toBe('out of range');
    expect(pool.take(first[0]!, 'b')).toBe('taken');
    pool.give(first[0]!, 'b');
    expect(pool.take(first[0]!, 'b')).toBe('taken');
    pool.give(first[0]!, 'a');
    expect(pool.take(first[0]!, 'b')).toBe('ok');
  });
});

describe('services', () => {
  let api: TestServer;
  beforeEach(async () => {
    api = await startTestServer({ advertised: { address: '10.1.2.3', port: 6443 } });
  });
  afterEach(async () => {
    await api.stop();
    expect(api.errors).toEqual([]);
  });

  const service = (name: string, spec: object = {}) => ({
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });

  test('get an address, kept as an IPAddress object', async () => {
    const { spec } = await api.send('POST', path, service('a'));
    expect(spec).toMatchObject({
      type: 'ClusterIP',
      clusterIP: expect.stringMatching(/^10\.96\.\d+\.\d+$/),
      clusterIPs: [spec.clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    });
    const address = await api.send('GET', `/apis/networking.k8s.io/v1/ipaddresses/${spec.clusterIP}`);
    expect(address.spec.parentRef).toEqual({
      resource: 'services',
      namespace: 'default',
      name: 'a',
    });
    await api.send('DELETE', `${path}/a`);
    expect(
      await api.refusal('GET', `/apis/networking.k8s.io/v1/ipaddresses/${spec.clusterIP}`),
    ).toMatchObject({ code: 404 });
  });

  test('explicit addresses: taken, out of range, given back after a failure', async () => {
    await api.send('POST', path, service('a', { clusterIP: '10.96.0.10' }));
    expect((await api.refusal('POST', path, service('b', { clusterIP: '10.96.0.10' }))).message).toBe(
      'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    );
    expect((await api.refusal('POST', path, service('b', { clusterIP: '10.97.0.10' }))).message).toContain(
      'failed to allocate IP 10.97.0.10: the provided network does not match the current range',
    );
    const bad = service('b', { clusterIP: '10.96.0.11', ports: [{ port: 0 }] });
    expect(await api.refusal('POST', path, bad)).toMatchObject({ code: 422 });
    await api.send('POST', path, service('b', { clusterIP: '10.96.0.11' }));
  });

  test('a second service of the same name takes nothing from the first', async () => {
    const nodePort = 31_112;
    const first = service('a', {
      clusterIP: '10.96.0.10',
      type: 'NodePort',
      ports: [{ port: 80, nodePort }],
    });
    await api.send('POST', path, first);
    expect(await api.refusal('POST', path, first)).toMatchObject({ code: 409, reason: 'AlreadyExists' });
    const address = await api.send('GET', '/apis/networking.k8s.io/v1/ipaddresses/10.96.0.10');
    expect(address.spec.parentRef.name).toBe('a');
    expect(await api.store.get(`${portPrefix}${nodePort}`)).toBeDefined();
    for (const spec of [{ clusterIP: '10.96.0.10' }, { type: 'NodePort', ports: [{ port: 80, nodePort }] }]) {
      const { message } = await api.refusal('POST', path, service('b', spec));
      expect(message).toContain('is already allocated');
    }
  });

  test('headless and external names have none', async () => {
    const headless = await api.send('POST', path, service('h', { clusterIP: 'None', selector: { a: 'b' } }));
    expect(headless.spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'] });
    const external = await api.send('POST', path, {
      metadata: { name: 'e' },
      spec: { type: 'ExternalName', externalName: 'x.test' },
    });
    expect(external.spec.clusterIP).toBeUndefined();
    expect(((await api.call('GET', '/apis/networking.k8s.io/v1/ipaddresses')) as any).items).toHaveLength(1);
  });

  test('node ports: found, asked for, taken, out of range', async () => {
    const a = await api.send('POST', path, service('a', { type: 'NodePort' }));
    expect(a.spec.ports[0].nodePort).toBeGreaterThanOrEqual(30_000);
    const ask = (name: string, nodePort: number) =>
      service(name, { type: 'NodePort', ports: [{ port: 80, nodePort }] });
    await api.send('POST', path, ask('b', 31_111));
    expect((await api.refusal('POST', path, ask('c', 31_111))).message).toBe(
      'Service "c" is invalid: spec.ports[0].nodePort: Invalid value: 31111: provided port is already allocated',
    );
    expect((await api.refusal('POST', path, ask('c', 80))).message).toBe(
      'Service "c" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    );
    expect(await api.store.get(`${portPrefix}31111`)).toBeDefined();
    await api.send('DELETE', `${path}/b`);
    expect(await api.store.get(`${portPrefix}31111`)).toBeUndefined();
    await api.send('POST', path, ask('c', 31_111));
  });

  test('one port for two protocols', async () => {
    const ports = [
      { name: 't', port: 53, protocol: 'TCP', nodePort: 30_053 },
      { name: 'u', port: 53, protocol: 'UDP', nodePort: 30_053 },
    ];
    const made = await api.send('POST', path, service('dns', { type: 'NodePort', ports }));
    expect(made.spec.ports.map((each: any) => each.nodePort)).toEqual([30_053, 30_053]);
  });

  test('a change of type takes and gives back', async () => {
    await api.send('POST', path, service('a'));
    const node = await api.send('PATCH', `${path}/a`, { spec: { type: 'NodePort' } }, merge);
    const [{ nodePort }] = node.spec.ports;
    expect(nodePort).toBeGreaterThanOrEqual(30_000);
    const cluster = await api.send('PATCH', `${path}/a`, { spec: { type: 'ClusterIP' } }, merge);
    expect(cluster.spec.ports[0].nodePort).toBeUndefined();
    expect(await api.store.get(portPrefix + nodePort)).toBeUndefined();
    const external = await api.send(
      'PATCH',
      `${path}/a`,
      { spec: { type: 'ExternalName', externalName: 'x.test' } },
      merge,
    );
    expect(external.spec.clusterIP).toBeUndefined();
    await api.send('POST', path, service('b', { clusterIP: node.spec.clusterIP }));
    const back = await api.send(
      'PATCH',
      `${path}/a`,
      { spec: { type: 'ClusterIP', externalName: null } },
      merge,
    );
    expect(back.spec.clusterIP).toMatch(/^10\.96\./);
    expect(back.spec.clusterIP).not.toBe(node.spec.clusterIP);
  });

  test('an address that was given stays', async () => {
    const made = await api.send('POST', path, service('a'));
    const spec = { ...made.spec, clusterIP: '', clusterIPs: undefined, sessionAffinity: 'ClientIP' };
    const next = await api.send('PUT', `${path}/a`, { ...made, spec });
    expect(next.spec.clusterIP).toBe(made.spec.clusterIP);
    const other = { ...made.spec, clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] };
    expect(
      (await api.refusal('PUT', `${path}/a`, { ...made, spec: other, metadata: { name: 'a' } })).message,
    ).toContain('may not change once set');
    await api.send('POST', path, service('b', { clusterIP: '10.96.7.7' }));
  });

  test('families that the cluster does not have', async () => {
    expect(
      (await api.refusal('POST', path, service('a', { ipFamilyPolicy: 'RequireDualStack' }))).message,
    ).toContain('this cluster is not configured for dual-stack services');
    expect((await api.refusal('POST', path, service('a', { ipFamilies: ['IPv6'] }))).message).toContain(
      'not configured on this cluster',
    );
    const prefers = await api.send('POST', path, service('a', { ipFamilyPolicy: 'PreferDualStack' }));
    expect(prefers.spec.ipFamilies).toEqual(['IPv4']);
  });

  test('a dry run takes nothing', async () => {
    const spec = { clusterIP: '10.96.9.9', type: 'NodePort', ports: [{ port: 80, nodePort: 32_000 }] };
    for (let i = 0; i < 2; i++) await api.send('POST', `${path}?dryRun=All`, service('a', spec));
    await api.send('POST', path, service('b', spec));
  });

  test.each([
    [{ clusterIP: 'x' }, 'spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address'],
    [{ clusterIP: '10.97.0.1' }, 'the provided network does not match the current range'],
    [{ clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.6'] }, 'first value must match `clusterIP`'],
    [{ ipFamilyPolicy: 'RequireDualStack' }, 'this cluster is not configured for dual-stack services'],
    [
      { type: 'NodePort', ports: [{ port: 80, nodePort: 1 }] },
      'spec.ports[0].nodePort: Invalid value: 1: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30080 },
          { name: 'b', port: 81, nodePort: 30080, protocol: 'UDP' },
        ],
      },
      'spec.ports[1].nodePort: Invalid value: 30080: provided port is already allocated',
    ],
  ])('refused: %j', async (spec, message) => {
    expect((await api.refusal('POST', path, service('a', spec))).message).toContain(message);
    // What was taken before the fault was found is free again.
    const fine = { ports: [{ port: 80, nodePort: 30080 }], type: 'NodePort', clusterIP: '10.96.0.5' };
    expect((await api.send('POST', path, service('b', fine))).spec.clusterIP).toBe('10.96.0.5');
  });

  test('what a dry run gives out says so by its look', async () => {
    const dry = `${path}?dryRun=All`;
    const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' };
    const { spec } = await api.send('POST', dry, service('a', local));
    expect(spec).toMatchObject({
      clusterIP: '10.96.0.0',
      ports: [{ nodePort: 32769 }],
      healthCheckNodePort: 32770,
    });
    // Whether an address is free is not asked.
    const own = { clusterIP: '10.96.0.1' };
    expect((await api.send('POST', dry, service('a', own))).spec.clusterIP).toBe('10.96.0.1');
    expect((await api.refusal('POST', dry, service('a', { clusterIP: '1.2.3.4' }))).message).toContain(
      'the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/16',
    );
  });

  test('an update: equal ports are named, a health check port that is taken is a fault of the server', async () => {
    await api.send('POST', path, service('a', { type: 'NodePort' }));
    const twice = [80, 81].map((port) => ({ name: `p${port}`, port, nodePort: 30090 }));
    expect(await api.refusal('PATCH', `${path}/a`, { spec: { ports: twice } }, merge)).toMatchObject({
      code: 500,
      message: 'duplicate nodePort: {TCP 30090}',
    });
    const check = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 1 };
    expect(await api.refusal('PATCH', `${path}/a`, { spec: check }, merge)).toMatchObject({
      code: 500,
      message:
        'Internal error occurred: failed to allocate requested HealthCheck NodePort 1: provided port is not in the valid range. The range of valid ports is 30000-32767',
    });
  });

  test('two families', async () => {
    const dual = await startTestServer({ serviceCidr: '10.96.0.0/16,fd00::/112' });
    const made = await dual.send('POST', path, service('a', { ipFamilyPolicy: 'RequireDualStack' }));
    expect(made.spec.ipFamilies).toEqual(['IPv4', 'IPv6']);
    expect(made.spec.clusterIPs[1]).toMatch(/^fd00::/);
    const single = await dual.send('PATCH', `${path}/a`, { spec: { ipFamilyPolicy: 'SingleStack' } }, merge);
    expect(single.spec.clusterIPs).toEqual([made.spec.clusterIPs[0]]);
    const address = `/apis/networking.k8s.io/v1/ipaddresses/${made.spec.clusterIPs[1]}`;
    expect(await dual.refusal('GET', address)).toMatchObject({ code: 404 });
    await dual.stop();
  });

  test('a server that starts on a store knows what is taken', async () => {
    const made = await api.send('POST', path, service('a', { type: 'NodePort' }));
    const second = await startTestServer({ store: api.store });
    const spec = { clusterIP: made.spec.clusterIP };
    expect(await second.refusal('POST', path, service('b', spec))).toMatchObject({ code: 422 });
    const ports = [{ port: 80, nodePort: made.spec.ports[0].nodePort }];
    expect(await second.refusal('POST', path, service('b', { type: 'NodePort', ports }))).toMatchObject({
      code: 422,
    });
    await second.stop();
  });

  test('repair: claims without a service go, services without a claim get theirs', async () => {
    const { spec } = await api.send('POST', path, service('a'));
    const addresses = '/apis/networking.k8s.io/v1/ipaddresses';
    await api.send('DELETE', `${addresses}/${spec.clusterIP}`);
    const orphan = (name: string) => ({
      metadata: { name: '10.96.5.5', labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } },
      spec: { parentRef: { resource: 'services', namespace: 'default', name } },
    });
    await api.send('POST', addresses, orphan('gone'));
    await api.store.commit({
      key: `${portPrefix}30999`,
      expect: 'absent',
      value: new Uint8Array([123, 125]),
    });
    await api.clock.advance(3 * 60_000);
    await api.send('GET', `${addresses}/${spec.clusterIP}`);
    expect(await api.refusal('GET', `${addresses}/10.96.5.5`)).toMatchObject({ code: 404 });
    await api.clock.advance(3 * 60_000);
    expect(await api.store.get(`${portPrefix}30999`)).toBeUndefined();
    const events = await api.call('GET', '/apis/events.k8s.io/v1/namespaces/default/events');
    const notes = (events as any).items.map(({ object }: any) => {
      const { regarding, involvedObject, reason, note, message } = object;
      return `${(regarding ?? involvedObject).kind} ${reason}: ${note ?? message}`;
    });
    expect(notes.sort()).toEqual([
      'IPAddress IPAddressNotAllocated: IPAddress: 10.96.5.5 for Service default/gone appears to have leaked: cleaning up',
      `Service ClusterIPNotAllocated: Cluster IP [IPv4]: ${spec.clusterIP} is not allocated; repairing`,
    ]);
  });

  test('repair: an address that belongs to a service that does not have it goes to the one that has', async () => {
    const { spec } = await api.send('POST', path, service('a'));
    await api.send('POST', path, service('b'));
    const address = `/apis/networking.k8s.io/v1/ipaddresses/${spec.clusterIP}`;
    const { metadata, ...wrong } = await api.send('GET', address);
    await api.send('DELETE', address);
    wrong.spec.parentRef.name = 'b';
    const { name, labels } = metadata;
    await api.send('POST', '/apis/networking.k8s.io/v1/ipaddresses', {
      ...wrong,
      metadata: { name, labels },
    });
    await api.clock.advance(3 * 60_000);
    await api.clock.advance(3 * 60_000);
    expect((await api.send('GET', address)).spec.parentRef.name).toBe('a');
  });

  test('a range that is not ready gives out nothing', async () => {
    const collection = '/apis/networking.k8s.io/v1/servicecidrs';
    await api.send('POST', collection, { metadata: { name: 'more' }, spec: { cidrs: ['10.50.0.0/24'] } });
    const status = {
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    };
    const asked = (name: string, ip: string) => service(name, { clusterIP: ip });
    await api.send('POST', path, asked('a', '10.50.0.9'));
    await api.send('PATCH', `${collection}/more/status`, { status }, merge);
    expect(await api.refusal('POST', path, asked('b', '10.50.0.10'))).toMatchObject({ code: 422 });
    expect(await api.send('GET', `${path}/a`)).toMatchObject({ spec: { clusterIP: '10.50.0.9' } });
  });

  test('the service of the API itself and the servers behind it', async () => {
    expect((await api.send('GET', `${path}/kubernetes`)).spec).toMatchObject({
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, targetPort: 6443 }],
    });
    const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
    const addressesOf = (slice: any) => slice.endpoints.flatMap((each: any) => each.addresses);
    expect(addressesOf(await api.send('GET', `${slices}/kubernetes`))).toEqual(['10.1.2.3']);
    const other = await startTestServer({
      store: api.store,
      advertised: { address: '10.1.2.4', port: 6443 },
    });
    expect(addressesOf(await other.send('GET', `${slices}/kubernetes`))).toEqual(['10.1.2.3', '10.1.2.4']);
    await other.stop();
    await api.clock.advance(70_000);
    expect(addressesOf(await api.send('GET', `${slices}/kubernetes`))).toEqual(['10.1.2.3']);
    const cidr = await api.send('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes');
    expect(cidr).toMatchObject({
      spec: { cidrs: ['10.96.0.0/16'] },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
  });

  test('servers of upstream on the same store are named, and told of this one', async () => {
    const slice = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
    const addresses = async () =>
      (await api.send('GET', slice)).endpoints.flatMap((each: any) => each.addresses);
    // Protobuf, whatever it says; its lease takes it away.
    const value = new Uint8Array([0x6b, 0x38, 0x73, 0, 10]);
    const key = '/registry/masterleases/10.1.2.5';
    const { revision } = await api.store.commit({ key, expect: 'absent', value });
    await api.clock.advance(80_000);
    expect(await addresses()).toEqual(['10.1.2.3', '10.1.2.5']);
    const own = await api.store.get('/registry/masterleases/10.1.2.3');
    expect(JSON.parse(new TextDecoder().decode(own!.value))).toMatchObject({
      apiVersion: 'v1',
      kind: 'Endpoints',
      subsets: [{ addresses: [{ ip: '10.1.2.3' }] }],
    });
    await api.store.commit({ key, expect: revision, value: null });
    await api.clock.advance(10_000);
    expect(await addresses()).toEqual(['10.1.2.3']);
  });
});
