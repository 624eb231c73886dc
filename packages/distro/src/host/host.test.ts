import { describe, expect, test } from 'vitest';
import { nodeName } from './addresses.ts';
import { canLowerOomScore } from './capabilities.ts';
import { mountsBelow } from './leftovers.ts';
import { preflightProblems } from './preflight.ts';

const fit = {
  platform: 'linux' as const,
  root: true,
  apiPort: 6443,
  kubeletPort: 10250,
  portTaken: async () => false,
  findTool: (name: string) => `/usr/bin/${name}`,
  cniPlugins: '/usr/lib/cni',
  inotifyInstances: 128,
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
