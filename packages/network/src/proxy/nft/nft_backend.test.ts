import type { EndpointSlice, Pod, Service } from '@kubets/api';
import { silentLogger } from '@kubets/base';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Namespace, Namespaces, namespacesUnavailable } from '../../testing/namespaces.ts';
import { pod, service, slice, testNode } from '../../testing/objects.ts';
import { planRules } from '../plan_rules.ts';
import type { RuleBackend } from '../rule_set.ts';
import { nftBackend } from './nft_backend.ts';
import { nftCommand } from './run_nft.ts';

const unavailable = namespacesUnavailable('nft');
if (unavailable) console.warn(`nft tests skipped: ${unavailable}`);

/** For packets that are dropped: nobody answers however long one waits. */
const silent = { timeoutMs: 500 };

/*
 * outside 192.0.2.2 -- 192.0.2.1 node 10.244.0.1 -- bridge -- a 10.244.0.2, b 10.244.0.3
 * The outside also plays another node: 10.244.1.5 is a pod there.
 */
describe.skipIf(unavailable)('nft backend with real traffic', { timeout: 30_000 }, () => {
  const namespaces = new Namespaces();
  let node: Namespace;
  let outside: Namespace;
  let a: Namespace;
  let b: Namespace;
  let backend: RuleBackend;

  beforeAll(async () => {
    [node, outside, a, b] = ['node', 'outside', 'a', 'b'].map((label) => namespaces.create(label)) as [
      Namespace,
      Namespace,
      Namespace,
      Namespace,
    ];
    node.run('sysctl -qw net.ipv4.ip_forward=1');
    node.run('ip link add br0 type bridge');
    node.run('ip addr add 10.244.0.1/24 dev br0');
    node.run('ip link set br0 up');
    node.run('sysctl -qw net.ipv4.conf.br0.route_localnet=1');
    for (const [i, peer] of [a, b].entries()) {
      namespaces.link({ in: node, device: `pod${i}` }, { in: peer, device: 'eth0' });
      node.run(`ip link set pod${i} master br0`);
      node.run(`bridge link set dev pod${i} hairpin on`);
      peer.run(`ip addr add 10.244.0.${i + 2}/24 dev eth0`);
      peer.run('ip route add default via 10.244.0.1');
    }
    namespaces.link({ in: node, device: 'eth0' }, { in: outside, device: 'eth0' });
    node.run('ip addr add 192.0.2.1/24 dev eth0');
    outside.run('ip addr add 192.0.2.2/24 dev eth0');
    outside.run('ip addr add 10.244.1.5/32 dev lo');
    node.run('ip route add default via 192.0.2.2');
    for (const range of ['10.96.0.0/16', '10.244.0.0/24', '203.0.113.0/24'])
      outside.run(`ip route add ${range} via 192.0.2.1 src 192.0.2.2`);
    await Promise.all([
      a.serve('TCP', 8080, 'a'),
      b.serve('TCP', 8080, 'b'),
      a.serve('UDP', 5353, 'a'),
      b.serve('UDP', 5353, 'b'),
      outside.serve('TCP', 8080, 'remote', '10.244.1.5'),
      outside.serve('TCP', 9090, 'world', '192.0.2.2'),
    ]);
    backend = nftBackend({
      clusterName: 'test',
      log: silentLogger,
      nft: nftCommand({ prefix: ['ip', 'netns', 'exec', node.name] }),
    });
  });
  afterEach(() => backend.remove());
  afterAll(() => namespaces.remove());

  const apply = (services: Service[], slices: EndpointSlice[], pods: Pod[] = []) =>
    backend.apply(planRules(services, slices, testNode, pods));

  const names = async (from: Namespace, address: string, port: number, times = 12) => {
    const answers = [];
    for (let i = 0; i < times; i++) answers.push(await from.ask('TCP', address, port));
    return [...new Set(answers.map((answer) => answer.name ?? answer.error))].sort();
  };

  const both = slice('web', ['10.244.0.2@node-1', '10.244.0.3@node-1']);
  const onlyA = slice('web', ['10.244.0.2@node-1']);
  const remote = slice('web', ['10.244.1.5@node-2']);

  test('a cluster IP leads to all endpoints, from pods, the node and outside', async () => {
    await apply([service('web', { clusterIP: '10.96.0.80' })], [both]);
    expect(await names(a, '10.96.0.80', 80)).toEqual(['a', 'b']);
    expect(await names(node, '10.96.0.80', 80)).toEqual(['a', 'b']);
    expect(await names(outside, '10.96.0.80', 80)).toEqual(['a', 'b']);
  });

  test('a pod keeps its address unless it is sent to itself', async () => {
    await apply([service('web', { clusterIP: '10.96.0.80' })], [onlyA]);
    expect(await b.ask('TCP', '10.96.0.80', 80)).toEqual({ name: 'a', client: '10.244.0.3' });
    expect(await a.ask('TCP', '10.96.0.80', 80)).toEqual({ name: 'a', client: '10.244.0.1' });
  });

  test('IPv6 goes the same way', async () => {
    node.run('sysctl -qw net.ipv6.conf.all.forwarding=1');
    node.run('ip addr add fd00:10:244::1/64 dev br0 nodad');
    for (const [i, peer] of [a, b].entries()) {
      peer.run(`ip addr add fd00:10:244::${i + 2}/64 dev eth0 nodad`);
      peer.run('ip route add default via fd00:10:244::1');
    }
    await b.serve('TCP', 6060, 'b', 'fd00:10:244::3');
    await b.serve('UDP', 6053, 'b', 'fd00:10:244::3');
    const ports = [
      { port: 80, nodePort: 30080, name: 'web', protocol: 'TCP' },
      { port: 53, name: 'dns', protocol: 'UDP' },
    ];
    const web = service('web', {
      clusterIP: '10.96.0.80',
      clusterIPs: ['10.96.0.80', 'fd00:10:96::80'],
      type: 'NodePort',
      ports,
    });
    const none = service('none', { clusterIP: 'fd00:10:96::81', ports: [{ port: 80 }] });
    const endpoints = slice(
      'web',
      ['fd00:10:244::3@node-1'],
      [
        { name: 'web', port: 6060, protocol: 'TCP' },
        { name: 'dns', port: 6053, protocol: 'UDP' },
      ],
    );
    const dualStack = {
      ...testNode,
      podCidrs: [...testNode.podCidrs, 'fd00:10:244::/48'],
      serviceCidrs: [...testNode.serviceCidrs, 'fd00:10:96::/108'],
    };
    await backend.apply(planRules([web, none], [endpoints], dualStack));
    expect(await a.ask('TCP', 'fd00:10:96::80', 80)).toEqual({ name: 'b', client: 'fd00:10:244::2' });
    expect(await b.ask('TCP', 'fd00:10:96::80', 80)).toEqual({ name: 'b', client: 'fd00:10:244::1' });
    expect(await a.ask('UDP', 'fd00:10:96::80', 53)).toEqual({ name: 'b', client: 'fd00:10:244::2' });
    expect(await a.ask('TCP', 'fd00:10:244::1', 30080)).toMatchObject({ name: 'b' });
    expect(await a.ask('TCP', 'fd00:10:96::81', 80)).toEqual({ error: 'ECONNREFUSED' });
  });

  test('UDP goes the same way', async () => {
    const dns = service('web', { clusterIP: '10.96.0.80', ports: [{ port: 53, protocol: 'UDP' }] });
    await apply([dns], [slice('web', ['10.244.0.3@node-1'], [{ name: '', port: 5353, protocol: 'UDP' }])]);
    expect(await a.ask('UDP', '10.96.0.80', 53)).toEqual({ name: 'b', client: '10.244.0.2' });
    expect(await node.ask('UDP', '10.96.0.80', 53)).toMatchObject({ name: 'b' });
  });

  test('without endpoints, at unknown ports and at unknown cluster IPs clients are refused at once', async () => {
    await apply(
      [service('web', { clusterIP: '10.96.0.80', type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] })],
      [slice('web', ['10.244.0.2@node-1!'])],
    );
    for (const from of [a, node]) {
      expect(await from.ask('TCP', '10.96.0.80', 80)).toEqual({ error: 'ECONNREFUSED' });
      expect(await from.ask('TCP', '10.96.0.80', 81)).toEqual({ error: 'ECONNREFUSED' });
      expect(await from.ask('TCP', '10.96.7.7', 80)).toEqual({ error: 'ECONNREFUSED' });
    }
    expect(await outside.ask('TCP', '192.0.2.1', 30080)).toEqual({ error: 'ECONNREFUSED' });
  });

  test('a node port answers on every address of the node, loopback too', async () => {
    const ports = [{ port: 80, nodePort: 30080 }];
    await apply([service('web', { clusterIP: '10.96.0.80', type: 'NodePort', ports })], [both]);
    expect(await names(outside, '192.0.2.1', 30080)).toEqual(['a', 'b']);
    expect(await names(a, '192.0.2.1', 30080)).toEqual(['a', 'b']);
    expect(await names(node, '192.0.2.1', 30080)).toEqual(['a', 'b']);
    expect(await names(node, '127.0.0.1', 30080)).toEqual(['a', 'b']);
    expect((await outside.ask('TCP', '192.0.2.1', 30080)).client).toBe('10.244.0.1');
  });

  test('externalTrafficPolicy Local keeps the client and uses endpoints of this node only', async () => {
    const web = service('web', {
      clusterIP: '10.96.0.80',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      externalIPs: ['203.0.113.5'],
      ports: [{ port: 80, nodePort: 30080 }],
    });
    await apply([web], [slice('web', ['10.244.0.2@node-1', '10.244.1.5@node-2'])]);
    expect(await outside.ask('TCP', '192.0.2.1', 30080)).toEqual({ name: 'a', client: '192.0.2.2' });
    expect(await outside.ask('TCP', '203.0.113.5', 80)).toEqual({ name: 'a', client: '192.0.2.2' });
    expect(await names(b, '203.0.113.5', 80)).toEqual(['a', 'remote']);
    await apply([web], [remote]);
    expect(await outside.ask('TCP', '192.0.2.1', 30080, silent)).toEqual({ error: 'timeout' });
    expect(await b.ask('TCP', '192.0.2.1', 30080)).toEqual({ name: 'remote', client: '10.244.0.3' });
  });

  test('internalTrafficPolicy Local drops when no endpoint is on this node', async () => {
    const web = service('web', { clusterIP: '10.96.0.80', internalTrafficPolicy: 'Local' });
    await apply([web], [slice('web', ['10.244.0.2@node-1', '10.244.1.5@node-2'])]);
    expect(await names(b, '10.96.0.80', 80)).toEqual(['a']);
    await apply([web], [remote]);
    expect(await b.ask('TCP', '10.96.0.80', 80, silent)).toEqual({ error: 'timeout' });
  });

  test('with session affinity a client stays with its endpoint until that goes', async () => {
    const web = service('web', {
      clusterIP: '10.96.0.80',
      type: 'NodePort',
      ports: [{ port: 80, nodePort: 30080 }],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
    });
    await apply([web], [both]);
    const first = await outside.ask('TCP', '192.0.2.1', 30080);
    expect(await names(outside, '192.0.2.1', 30080)).toEqual([first.name]);
    expect(await names(outside, '10.96.0.80', 80)).toEqual([first.name]);
    const other = first.name === 'a' ? 'b' : 'a';
    const rest = slice('web', [`10.244.0.${other === 'a' ? 2 : 3}@node-1`]);
    await apply([web], [rest]);
    expect(await names(outside, '192.0.2.1', 30080, 4)).toEqual([other]);
    await apply([web], [both]);
    expect(await names(outside, '192.0.2.1', 30080)).toEqual([other]);
  });

  test('loadBalancerSourceRanges keep others out', async () => {
    const web = (loadBalancerSourceRanges: string[]) =>
      service(
        'web',
        { clusterIP: '10.96.0.80', type: 'LoadBalancer', loadBalancerSourceRanges },
        { status: { loadBalancer: { ingress: [{ ip: '203.0.113.5', ipMode: 'VIP' }] } } },
      );
    await apply([web(['192.0.2.0/24', '192.0.2.2/32'])], [onlyA]);
    expect(await outside.ask('TCP', '203.0.113.5', 80)).toMatchObject({ name: 'a' });
    await apply([web(['198.51.100.0/24'])], [onlyA]);
    expect(await outside.ask('TCP', '203.0.113.5', 80, silent)).toEqual({ error: 'timeout' });
    expect(await outside.ask('TCP', '10.96.0.80', 80)).toMatchObject({ name: 'a' });
  });

  test('host ports lead to their pod, each on its host address', async () => {
    const ports = (hostIP?: string) => [
      { name: 'c', ports: [{ containerPort: 8080, hostPort: 8888, ...(hostIP && { hostIP }) }] },
    ];
    await apply(
      [],
      [],
      [
        pod('a', '10.244.0.2', { containers: ports('127.0.0.1') }),
        pod('b', '10.244.0.3', { containers: ports('192.0.2.1') }),
      ],
    );
    expect(await node.ask('TCP', '127.0.0.1', 8888)).toMatchObject({ name: 'a' });
    expect(await node.ask('TCP', '127.0.0.1', 8888, { localAddress: '192.0.2.1' })).toMatchObject({
      name: 'a',
    });
    expect(await node.ask('TCP', '192.0.2.1', 8888)).toMatchObject({ name: 'b' });
    expect(await outside.ask('TCP', '192.0.2.1', 8888)).toEqual({ name: 'b', client: '192.0.2.2' });
    expect(await b.ask('TCP', '192.0.2.1', 8888)).toMatchObject({ name: 'b' });
    await apply([], [], [pod('a', '10.244.0.2', { containers: ports() })]);
    expect(await outside.ask('TCP', '192.0.2.1', 8888)).toMatchObject({ name: 'a' });
  });

  test('pods leave the cluster with the address of the node, and cannot reach its loopback', async () => {
    await apply([], []);
    await node.serve('TCP', 7777, 'loopback', '127.0.0.1');
    expect(await a.ask('TCP', '192.0.2.2', 9090)).toEqual({ name: 'world', client: '192.0.2.1' });
    a.run('ip route add 127.0.0.1/32 via 10.244.0.1 table 100');
    a.run('ip rule add to 127.0.0.1 lookup 100 pref 0');
    a.run('ip rule add lookup local pref 1');
    a.run('ip rule del pref 0 lookup local');
    a.run('sysctl -qw net.ipv4.conf.all.route_localnet=1');
    expect(await a.ask('TCP', '127.0.0.1', 7777, silent)).toEqual({ error: 'timeout' });
  });

  test('many small changes end where writing everything at once does', async () => {
    const list = () => node.run('nft list table ip kubets-test').replace(/ expires \w+/g, '');
    const sticky = {
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    };
    const web = service('web', { clusterIP: '10.96.0.80' });
    const more = service('more', {
      clusterIP: '10.96.0.81',
      type: 'NodePort',
      ports: [{ port: 80, nodePort: 30081 }],
      ...sticky,
    });
    const moreSlice = slice('more', ['10.244.0.2@node-1', '10.244.1.5@node-2']);
    await apply([], []);
    const empty = list();
    await apply([web], [both]);
    await apply([web, more], [onlyA]);
    await apply([web, more], [onlyA, moreSlice]);
    await apply([more], [moreSlice]);
    await apply([web, more], [both, slice('more', ['10.244.1.5@node-2'])]);
    await apply([web, more], [both, moreSlice]);
    await apply([web, more], [both, moreSlice]);
    const sorted = (text: string) => [...text.matchAll(/[^\s,{}]+/g)].map(String).sort().join('\n');
    const incremental = list();
    await nftBackend({
      clusterName: 'test',
      log: silentLogger,
      nft: nftCommand({ prefix: ['ip', 'netns', 'exec', node.name] }),
    }).apply(planRules([web, more], [both, moreSlice], testNode));
    expect(sorted(incremental)).toBe(sorted(list()));
    await apply([], []);
    await apply([], []);
    expect(sorted(list())).toBe(sorted(empty));
  });

  test('a table that someone else has broken is written anew', async () => {
    const web = service('web', { clusterIP: '10.96.0.80' });
    await apply([web], [both]);
    node.run('nft flush map ip kubets-test frontends');
    await apply([web], [onlyA]);
    expect(await names(b, '10.96.0.80', 80, 3)).toEqual(['a']);
  });

  test('remove leaves nothing behind, and may be called twice', async () => {
    await apply([service('web', { clusterIP: '10.96.0.80' })], [both]);
    await backend.remove();
    await backend.remove();
    expect(node.run('nft list tables')).toBe('');
  });
});
