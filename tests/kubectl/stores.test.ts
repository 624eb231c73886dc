// Where a cluster keeps its objects: moved between LMDB and etcd by snapshot, an etcd of somebody else's, snapshots
// by the clock.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { clientsRun } from '../harness/real_clients.ts';

const hasEtcd = (() => {
  try {
    execFileSync('etcd', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

let cluster: TestCluster;
const made: string[] = [];
const children: ChildProcess[] = [];
const inContext = async (name: string, ...args: string[]) =>
  (await cluster.kubectl('--context', name, ...args)).trim();
const value = (name: string) => inContext(name, 'get', 'cm', 'moved', '-o', 'jsonpath={.data.value}');

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

describe.skipIf(!clientsRun || !hasEtcd)('stores', () => {
  beforeAll(async () => {
    cluster = await startCluster({ fakeNodes: 1 });
    await cluster.kubectl('create', 'configmap', 'moved', '--from-literal=value=from-lmdb');
    await cluster.kubectl('create', 'deployment', 'web', '--image=example.com/web:1', '--replicas=2');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
  });
  afterAll(async () => {
    for (const name of made) await cluster.kubets('down', '--name', name);
    for (const child of children) child.kill('SIGKILL');
    await cluster?.down();
  });

  test('a cluster moves from LMDB to a managed etcd and back', async () => {
    const there = join(cluster.folder, 'there.snapshot');
    const back = join(cluster.folder, 'back.snapshot');
    await cluster.kubets('snapshot', 'save', there, '--name', cluster.name);
    const seen = Number(
      await inContext(cluster.name, 'get', 'cm', 'moved', '-o', 'jsonpath={.metadata.resourceVersion}'),
    );

    const inEtcd = `${cluster.name}-e`;
    made.push(inEtcd);
    await cluster.kubets('snapshot', 'restore', there, '--cluster-init', '--name', inEtcd);
    expect(await cluster.kubets('etcd', 'ls', '--name', inEtcd)).toContain('voter');
    expect(JSON.parse(await cluster.kubets('status', '--name', inEtcd, '-o', 'json')).store.type).toBe(
      'etcd',
    );
    expect(await value(inEtcd)).toBe('from-lmdb');
    await inContext(inEtcd, 'rollout', 'status', 'deployment/web', '--timeout=30s');
    const moved = await inContext(inEtcd, 'get', 'cm', 'moved', '-o', 'jsonpath={.metadata.resourceVersion}');
    expect(Number(moved)).toBeGreaterThan(seen);
    await inContext(inEtcd, 'patch', 'cm', 'moved', '-p', '{"data":{"value":"from-etcd"}}');
    await cluster.kubets('snapshot', 'save', back, '--name', inEtcd);

    const inLmdb = `${cluster.name}-l`;
    made.push(inLmdb);
    await cluster.kubets('snapshot', 'restore', back, '--name', inLmdb);
    expect(JSON.parse(await cluster.kubets('status', '--name', inLmdb, '-o', 'json')).store.type).toBe(
      'lmdb',
    );
    expect(await value(inLmdb)).toBe('from-etcd');
    expect(await value(cluster.name)).toBe('from-lmdb');
    // The cluster in etcd begins anew from a snapshot as well.
    await cluster.kubets('snapshot', 'restore', there, '--name', inEtcd);
    expect(await value(inEtcd)).toBe('from-lmdb');
  }, 120_000);

  test("an etcd of somebody else's keeps a cluster whose server is killed", async () => {
    const [client, peer] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${client}`;
    children.push(
      spawn(
        'etcd',
        [
          ...['--data-dir', join(cluster.folder, 'etcd'), '--logger', 'zap', '--log-level', 'error'],
          ...['--listen-client-urls', url, '--advertise-client-urls', url],
          ...['--listen-peer-urls', `http://127.0.0.1:${peer}`],
          ...['--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`],
          ...['--initial-cluster', `default=http://127.0.0.1:${peer}`],
        ],
        { stdio: 'ignore' },
      ),
    );
    const name = `${cluster.name}-x`;
    made.push(name);
    await cluster.kubets('up', '--name', name, '--fake-nodes', '1', '--store', `etcd=${url}`);
    await inContext(name, 'create', 'configmap', 'moved', '--from-literal=value=kept');
    process.kill(
      JSON.parse(await cluster.kubets('status', '--name', name, '-o', 'json')).server.pid,
      'SIGKILL',
    );
    await cluster.eventually(
      'its end',
      async () => (await cluster.tryKubets(['status', '--name', name])).code === 1,
    );
    await cluster.kubets('up', '--name', name);
    expect(await value(name)).toBe('kept');
    const other = await cluster.tryKubets(['up', '--name', name, '--store', 'lmdb']);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('keeps its objects in etcd') });

    // A snapshot with other networks does not fit, and that is found before anything is stopped or wiped.
    const foreign = join(cluster.folder, 'foreign.snapshot');
    await cluster.kubets('snapshot', 'save', foreign, '--name', cluster.name);
    const pid = async () =>
      JSON.parse(await cluster.kubets('status', '--name', name, '-o', 'json')).server.pid;
    const before = await pid();
    const refused = await cluster.tryKubets(['snapshot', 'restore', foreign, '--name', name]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('serviceCidr') });
    expect(await pid()).toBe(before);
  });

  test('snapshots are taken by the clock, and only so many are kept', async () => {
    const name = `${cluster.name}-s`;
    made.push(name);
    const flags = ['--snapshot-schedule', '@every 1s', '--snapshot-retention', '2'];
    await cluster.kubets('up', '--name', name, '--fake-nodes', '1', ...flags);
    const folder = join(cluster.env.KUBETS_STATE_DIR!, name, 'snapshots');
    const files = () => readdirSync(folder).filter((file) => file.endsWith('.snapshot'));
    const first = await cluster.eventually('the first', async () => files()[0]);
    await cluster.eventually(
      'others in its place',
      async () => files().length === 2 && !files().includes(first),
    );
    expect(await cluster.kubets('snapshot', 'ls', '--name', name)).toMatch(
      /scheduled-\d{8}T\d{6}Z\.snapshot/,
    );
    const wrong = await cluster.tryKubets([
      'up',
      '--name',
      `${name}w`,
      '--fake-nodes',
      '1',
      '--snapshot-schedule',
      'x',
    ]);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('--snapshot-schedule') });
  });
});
