import { describe, expect, test } from 'vitest';
import { nodeName } from './addresses.ts';
import { canLowerOomScore } from './capabilities.ts';
import { dnsLinkName } from './dns_link.ts';
import { mountsBelow } from './leftovers.ts';
import { preflightProblems } from './preflight.ts';
import { isWithin, machineRoutes } from './routes.ts';

const fit = {
  platform: 'linux' as const,
  root: true,
  apiPort: 6443,
  kubeletPort: 10250,
  portTaken: async () => false,
  findTool: (name: string) => `/usr/bin/${name}`,
  cniPlugins: '/usr/lib/cni',
  inotifyInstances: 128,
  serviceCidr: '10.96.0.0/16',
  routes: [{ link: 'eth0', cidr: '192.0.2.0/24' }],
};

describe('preflight', () => {
  test('a fit machine has no problem', async () => expect(await preflightProblems(fit)).toEqual([]));
  test.each<[string, object, RegExp]>([
    [
      'another system',
      { platform: 'darwin' },
      /^real containers need Linux: use `npx kubets up .*--fake-nodes 3`/,
    ],
    ['no root', { root: false }, /^a real node needs root: run it with sudo/],
    [
      'no containerd',
      { findTool: (name: string) => (name === 'containerd' ? undefined : name) },
      /^containerd is not installed: run `apt-get install containerd`$/,
    ],
    [
      'no plugins',
      { cniPlugins: undefined },
      /^the CNI plugins are not installed: run `apt-get install containernetworking-plugins`$/,
    ],
    [
      'a taken port',
      { portTaken: async (port: number) => port === 6443 },
      /^port 6443, for the API server, is taken by another program: .* --port$/,
    ],
    [
      'few inotify instances',
      { inotifyInstances: 16 },
      /^fs.inotify.max_user_instances is 16, too low for containers: run `sysctl -w /,
    ],
    [
      'service addresses that a cluster of another state folder has',
      { routes: [{ link: 'k-dev', cidr: '10.96.0.0/16' }] },
      /^link k-dev has the service addresses 10\.96\.0\.0\/16 already: end the cluster that it is of/,
    ],
  ])('%s is one sentence with its fix', async (_what, change, sentence) => {
    const problems = await preflightProblems({ ...fit, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });
});

test('CAP_SYS_RESOURCE is read from the effective set', () => {
  expect(canLowerOomScore('Name:\tx\nCapEff:\t000001ffffffffff\n')).toBe(true);
  expect(canLowerOomScore('Name:\tx\nCapEff:\t000001fffeffffff\n')).toBe(false);
});

test.each([
  ['My_Host', 'my-host'],
  ['vm.example', 'vm.example'],
  ['-', 'node'],
])('host %s is node %s', (host, node) => expect(nodeName(host)).toBe(node));

test('mounts below a folder come innermost first, with blanks decoded, and no others', () => {
  const line = (path: string) => `1 2 0:3 / ${path} rw - tmpfs tmpfs rw`;
  const info = [
    line('/'),
    line('/var/lib/kubets/a'),
    line('/var/lib/kubets/a/x\\040y'),
    line('/var/lib/kubets/ab'),
  ].join('\n');
  expect(mountsBelow(['/var/lib/kubets/a'], info)).toEqual(['/var/lib/kubets/a/x y', '/var/lib/kubets/a']);
});

test('routes are read but for the default ones', () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'k-dev\t0000600A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'k-dev\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    '',
  ].join('\n');
  expect(machineRoutes(text)).toEqual([
    { link: 'k-dev', cidr: '10.96.0.0/16' },
    { link: 'k-dev', cidr: '10.244.0.0/24' },
  ]);
});

test.each([
  ['10.244.0.0/24', '10.244.0.0/16', true],
  ['10.96.0.0/16', '10.96.0.0/16', true],
  ['10.0.0.0/8', '10.96.0.0/16', false],
  ['10.97.0.0/16', '10.96.0.0/16', false],
  ['192.168.0.0/24', '192.168.1.0/24', false],
])('%s within %s: %s', (inner, outer, answer) => expect(isWithin(inner, outer)).toBe(answer));

test('the link of a cluster is named after it, within what Linux takes, and like no other', () => {
  expect(dnsLinkName('kubets')).toBe('kdns-kubets');
  const long = ['dev-4f00aa', 'dev-4f00ab', 'a-cluster-of-twenty-x', 'a-cluster-of-twenty-y'].map(
    dnsLinkName,
  );
  expect(new Set(long).size).toBe(long.length);
  for (const name of long) expect(name).toMatch(/^kdns-[-a-z0-9]{1,10}$/);
});
