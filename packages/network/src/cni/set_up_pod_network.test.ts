import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Namespace, Namespaces, namespacesUnavailable } from '../testing/namespaces.ts';

const plugins = ['/usr/lib/cni', '/opt/cni/bin'].find((folder) => existsSync(join(folder, 'bridge')));
const unavailable = namespacesUnavailable() ?? (plugins ? undefined : 'needs the CNI plugins');
if (unavailable) console.warn(`pod network tests skipped: ${unavailable}`);

/** Runs the functions in a process inside the namespace, as they act where their process is. */
describe.skipIf(unavailable)('the pod network of a node', () => {
  const namespaces = new Namespaces();
  const folder = mkdtempSync(join(tmpdir(), 'kubets-cni-'));
  const options = {
    clusterName: 'cni-test',
    podCidrs: ['10.244.9.0/24'],
    serviceCidrs: ['10.96.0.0/16'],
    configDir: join(folder, 'net.d'),
    stateDir: join(folder, 'state'),
  };
  let node: Namespace;
  let pod: Namespace;
  const call = (name: 'setUpPodNetwork' | 'removePodNetwork') => {
    const output = node.run(`${process.execPath} ${join(folder, 'call.mjs')} ${name}`);
    return output && JSON.parse(output);
  };
  const plugin = (command: string) => {
    const { plugins: list, ...rest } = JSON.parse(
      readFileSync(join(options.configDir, '10-kubets-cni-test.conflist'), 'utf8'),
    );
    writeFileSync(join(folder, 'plugin.json'), JSON.stringify({ ...rest, ...list[0] }));
    const environment = `CNI_COMMAND=${command} CNI_CONTAINERID=test CNI_NETNS=/var/run/netns/${pod.name} CNI_IFNAME=eth0 CNI_PATH=${plugins}`;
    return node.run(`env ${environment} ${plugins}/bridge < ${folder}/plugin.json`);
  };

  beforeAll(() => {
    node = namespaces.create('cni');
    pod = namespaces.create('pod');
    // The sources as one module that plain node runs.
    execFileSync('npx', [
      'esbuild',
      join(import.meta.dirname, 'set_up_pod_network.ts'),
      '--bundle',
      '--platform=node',
      '--format=esm',
      `--outfile=${join(folder, 'subject.mjs')}`,
      '--log-level=error',
    ]);
    writeFileSync(
      join(folder, 'call.mjs'),
      `import * as subject from './subject.mjs';
       const log = { info() {}, warn() {} };
       const result = await subject[process.argv[2]]({ ...${JSON.stringify(options)}, log });
       if (result) console.log(JSON.stringify(result));`,
    );
  });
  afterAll(() => {
    namespaces.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is set up, gives pods addresses, and goes without a trace', async () => {
    const before = node.run('sysctl -n net.ipv4.ip_forward').trim();
    expect(call('setUpPodNetwork')).toEqual({ bridge: 'k-cni-test', bridgeNetfilter: true });
    expect(call('setUpPodNetwork')).toMatchObject({ bridge: 'k-cni-test' });
    expect(node.run('sysctl -n net.ipv4.ip_forward').trim()).toBe('1');
    expect(node.run('ip -br addr show k-cni-test')).toContain('10.244.9.1/24');
    expect(node.run('ip route get 10.96.0.1')).toContain('dev k-cni-test');

    const added = JSON.parse(plugin('ADD'));
    expect(added.ips[0]).toMatchObject({ address: '10.244.9.2/24', gateway: '10.244.9.1' });
    expect(pod.run('ip route')).toContain('default via 10.244.9.1');
    await node.serve('TCP', 7000, 'gateway', '10.244.9.1');
    expect(await pod.ask('TCP', '10.244.9.1', 7000)).toEqual({ name: 'gateway', client: '10.244.9.2' });
    expect(readdirSync(join(options.stateDir, 'ipam', 'kubets-cni-test'))).toContain('10.244.9.2');
    plugin('DEL');
    expect(readdirSync(join(options.stateDir, 'ipam', 'kubets-cni-test'))).not.toContain('10.244.9.2');

    call('removePodNetwork');
    call('removePodNetwork');
    expect(node.run('ip -br link').trim()).toMatch(/^lo\b[^\n]*$/);
    expect(existsSync(options.stateDir)).toBe(false);
    expect(readdirSync(options.configDir)).toEqual([]);
    expect(node.run('sysctl -n net.ipv4.ip_forward').trim()).toBe(before);
  });
});
