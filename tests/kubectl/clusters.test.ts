// The life of clusters: side by side, killed, started again, described, ended.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { clientsRun } from '../harness/real_clients.ts';

let one: TestCluster;
let two: TestCluster;
const status = async (cluster: TestCluster) =>
  JSON.parse(await cluster.kubets('status', '--name', cluster.name, '-o', 'json'));

describe.skipIf(!clientsRun)('clusters', () => {
  beforeAll(async () => {
    one = await startCluster({ fakeNodes: 1 });
    two = await startCluster({ fakeNodes: 3 });
  });
  afterAll(async () => {
    await one?.down();
    await two?.down();
  });

  test('stand side by side and know nothing of each other', async () => {
    await one.kubectl('create', 'configmap', 'only-here');
    expect((await two.tryKubectl(['get', 'cm', 'only-here'])).code).toBe(1);
    expect((await one.kubectl('get', 'nodes', '-o', 'name')).trim().split('\n')).toHaveLength(1);
    expect((await two.kubectl('get', 'nodes', '-o', 'name')).trim().split('\n')).toHaveLength(3);
    expect((await status(one)).address).not.toBe((await status(two)).address);
  });

  test('status says what runs', async () => {
    expect(await status(two)).toMatchObject({
      name: two.name,
      running: true,
      versions: { kubernetes: expect.stringMatching(/^v1\.36\./) },
      address: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      nodes: { kind: 'simulated', count: 3 },
      store: { type: 'lmdb', bytes: expect.any(Number) },
      server: { pid: expect.any(Number), memoryBytes: expect.any(Number), cpuSeconds: expect.any(Number) },
    });
    expect(await two.kubets('status', '--name', two.name)).toMatch(/: running, https:.*3 simulated nodes/);
  });

  test('a killed server loses nothing that it acknowledged', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `kept-${index}`);
    const acknowledged: string[] = [];
    const { pid } = (await status(one)).server;
    const writing = (async () => {
      for (const name of names) {
        const result = await one.tryKubectl(['create', 'configmap', name, '--request-timeout=5s']);
        if (result.code === 0) acknowledged.push(name);
      }
    })();
    await one.eventually('some writes', async () => acknowledged.length >= 5);
    process.kill(pid, 'SIGKILL');
    await one.eventually(
      'its end',
      async () => (await one.tryKubets(['status', '--name', one.name])).code === 1,
    );
    await one.kubets('up', '--name', one.name);
    await writing;
    const found = (await one.kubectl('get', 'configmaps', '-o', 'name')).split('\n');
    expect(found).toEqual(expect.arrayContaining(acknowledged.map((name) => `configmap/${name}`)));
  });

  test('up says that it is up, and refuses another shape', async () => {
    expect(await two.kubets('up', '--name', two.name)).toContain('is up already');
    const other = await two.tryKubets(['up', '--name', two.name, '--fake-nodes', '5']);
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('exists with 3 simulated nodes'),
    });
  });

  test.each([
    [['up', '--name', 'Not A Name'], /a cluster's name has 1 to 20 lower-case letters/],
    [['up', '--fake-nodes', 'many'], /--fake-nodes takes a whole number from 1 to 5000/],
    [['server', '--name', 'nowhere'], /no cluster nowhere/],
    [['fly'], /unknown command "fly"/],
    [['up', '--wings'], /Unknown option '--wings'/],
  ])('kubets %j is refused in one sentence', async (args, sentence) => {
    const result = await one.tryKubets(args);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('down takes its folders and its context', async () => {
    const third = await startCluster({ fakeNodes: 1 });
    await third.kubets('down', '--name', third.name);
    expect(existsSync(join(third.env.KUBETS_STATE_DIR!, third.name))).toBe(false);
    expect((await third.tryKubectl(['config', 'get-contexts', '-o', 'name'])).stdout.trim()).toBe('');
    expect(await third.kubets('down', '--name', third.name)).toBe(`no cluster ${third.name}\n`);
    await third.down();
  });
});
