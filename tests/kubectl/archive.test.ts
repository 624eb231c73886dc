// Snapshots, restores, forks and history of a cluster, by the commands that people use.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { clientsRun } from '../harness/real_clients.ts';

let cluster: TestCluster;
const made: string[] = [];

const inContext = async (name: string, ...args: string[]) =>
  (await cluster.kubectl('--context', name, ...args)).trim();
const dataOf = (name: string, configMap: string) =>
  inContext(name, 'get', 'cm', configMap, '-o', 'jsonpath={.data.value}');

describe.skipIf(!clientsRun)('what a cluster was', () => {
  beforeAll(async () => {
    cluster = await startCluster({ fakeNodes: 2 });
    await cluster.kubectl('create', 'configmap', 'kept', '--from-literal=value=first');
    await cluster.kubectl('create', 'deployment', 'web', '--image=example.com/web:1', '--replicas=3');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
  });
  afterAll(async () => {
    for (const name of made) await cluster.kubets('down', '--name', name);
    await cluster?.down();
  });

  test('a snapshot is saved while the cluster runs, listed, and put back', async () => {
    const { name, folder } = cluster;
    const file = join(folder, 'one.snapshot');
    expect(await cluster.kubets('snapshot', 'save', file, '--name', name)).toMatch(
      /^saved .* at revision \d+ to /,
    );
    expect((await cluster.tryKubets(['snapshot', 'save', file, '--name', name])).stderr).toContain(
      'is there already',
    );
    for (const verb of ['list', 'ls']) {
      expect(await cluster.kubets('snapshot', verb, folder)).toMatch(new RegExp(`${name} .*one\\.snapshot`));
    }
    const uid = await inContext(name, 'get', 'cm', 'kept', '-o', 'jsonpath={.metadata.uid}');

    await cluster.kubectl('create', 'configmap', 'later');
    await cluster.kubectl('patch', 'cm', 'kept', '-p', '{"data":{"value":"second"}}');
    const seen = Number(
      await inContext(name, 'get', 'cm', 'kept', '-o', 'jsonpath={.metadata.resourceVersion}'),
    );
    const watch = cluster.spawnKubectl(['get', 'cm', '-w', '-o', 'name']);
    await cluster.kubets('snapshot', 'restore', file, '--name', name);
    watch.kill('SIGKILL');

    expect(await dataOf(name, 'kept')).toBe('first');
    expect(await inContext(name, 'get', 'cm', 'kept', '-o', 'jsonpath={.metadata.uid}')).toBe(uid);
    expect((await cluster.tryKubectl(['get', 'cm', 'later'])).stderr).toContain('not found');
    // No client takes what it reads now for older than what it knew.
    const list = JSON.parse(await cluster.kubectl('get', '--raw', '/api/v1/namespaces/default/configmaps'));
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThan(seen);
    await cluster.kubectl('scale', 'deployment', 'web', '--replicas=4');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
  });

  test('a snapshot becomes a cluster of its own', async () => {
    const file = join(cluster.folder, 'two.snapshot');
    await cluster.kubets('snapshot', 'save', file, '--name', cluster.name);
    const name = `${cluster.name}-r`;
    made.push(name);
    await cluster.kubets('snapshot', 'restore', file, '--name', name);
    expect(await dataOf(name, 'kept')).toBe('first');
    await inContext(name, 'rollout', 'status', 'deployment/web', '--timeout=30s');
    await inContext(name, 'delete', 'cm', 'kept');
    expect(await dataOf(cluster.name, 'kept')).toBe('first');
  });

  test.each([
    ['is no snapshot', Buffer.from('something else')],
    ['is no snapshot', Buffer.alloc(5_000, 7)],
  ])('a file that %s is refused before anything is stopped', async (message, bytes) => {
    const file = join(cluster.folder, 'bad.snapshot');
    writeFileSync(file, bytes);
    const result = await cluster.tryKubets(['snapshot', 'restore', file, '--name', cluster.name]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(await dataOf(cluster.name, 'kept')).toBe('first');
  });

  test('a cut snapshot is refused, and a save that fails leaves no file', async () => {
    const file = join(cluster.folder, 'cut.snapshot');
    await cluster.kubets('snapshot', 'save', file, '--name', cluster.name);
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 200));
    const result = await cluster.tryKubets(['snapshot', 'restore', file, '--name', cluster.name]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(/cut short|damaged/) });
    rmSync(file);
    await cluster.tryKubets([
      'snapshot',
      'save',
      join(cluster.folder, 'x.snapshot'),
      '--name',
      'no-such-cluster',
    ]);
    expect(readdirSync(cluster.folder).filter((each) => each.startsWith('x.'))).toEqual([]);
  });

  test('a fork goes its own way on simulated nodes of the same names', async () => {
    const name = `${cluster.name}-f`;
    made.push(name);
    await cluster.kubets('fork', name, '--name', cluster.name);
    expect(await inContext(name, 'get', 'nodes', '-o', 'name')).toBe('node/node-1\nnode/node-2');
    await inContext(name, 'set', 'image', 'deployment/web', '*=example.com/web:2');
    await inContext(name, 'rollout', 'status', 'deployment/web', '--timeout=30s');
    const image = ['get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'];
    expect(await inContext(name, ...image)).toBe('example.com/web:2');
    expect(await inContext(cluster.name, ...image)).toBe('example.com/web:1');
    expect((await cluster.tryKubets(['fork', name, '--name', cluster.name])).stderr).toContain('exists');
  });

  test('history says who changed what, and shows an object as it was', async () => {
    const { name } = cluster;
    await inContext(name, 'create', 'cm', 'told', '--from-literal=value=one');
    const revision = await inContext(name, 'get', 'cm', 'told', '-o', 'jsonpath={.metadata.resourceVersion}');
    // Times of changes are whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const time = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await inContext(name, 'patch', 'cm', 'told', '--field-manager=me', '-p', '{"data":{"value":"two"}}');
    await inContext(name, 'delete', 'cm', 'told');
    const lines = (await cluster.kubets('history', 'cm/told', '--name', name)).trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^REVISION +TIME +CHANGE +BY +FIELDS$/);
    expect(lines[1]).toMatch(/created +kubectl-create/);
    expect(lines[2]).toMatch(/updated +me +data\.value: one -> two/);
    expect(lines[3]).toMatch(/deleted/);
    const then = await cluster.kubets('history', 'configmaps', 'told', '--at', revision, '--name', name);
    expect(then).toContain('value: one');
    expect(await cluster.kubets('history', 'cm/told', '--at', time, '--name', name)).toBe(then);
    expect(await cluster.kubets('history', '--limit', '1000', '--name', name)).toMatch(
      /configmaps\/default\/told +deleted/,
    );
    const early = await cluster.tryKubets(['history', 'cm/told', '--at', '1', '--name', name]);
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('begins later') });
  });
});
