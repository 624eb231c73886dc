// The life of clusters: side by side, killed, started again, described, ended.
import { existsSync, readFileSync } from 'node:fs';
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

  test('of two forks of one name one is made, and nothing in it reaches the pods of the original', async () => {
    await two.kubectl('create', 'deployment', 'web', '--image=example.com/web:1');
    await two.kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
    const name = `${two.name}-f`;
    const forks = await Promise.all([1, 2].map(() => two.tryKubets(['fork', name, '--name', two.name])));
    try {
      expect(forks.map(({ code }) => code).sort()).toEqual([0, 1]);
      expect(forks.find(({ code }) => code === 1)!.stderr).toContain(`cluster ${name} exists`);
      const pod = (await two.kubectl('--context', name, 'get', 'pods', '-o', 'name')).trim();
      const path = `/api/v1/namespaces/default/${pod.replace('pod/', 'pods/')}/proxy/`;
      for (const args of [
        ['logs', pod],
        ['exec', pod, '--', 'true'],
        ['get', '--raw', path],
      ]) {
        expect(await two.tryKubectl(['--context', name, ...args])).toMatchObject({
          code: 1,
          stderr: expect.stringContaining('the nodes of this cluster are simulated'),
        });
      }
    } finally {
      await two.kubets('down', '--name', name);
    }
    expect(
      (await two.kubectl('--context', two.name, 'get', 'nodes', '-o', 'name')).trim().split('\n'),
    ).toHaveLength(3);
  });

  test('a restored cluster keeps its schedule and takes the ports it is given', async () => {
    const file = join(two.folder, 'flags.snapshot');
    await one.kubets('snapshot', 'save', file, '--name', one.name);
    const again = await one.tryKubets(['snapshot', 'save', file, '--name', one.name]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
    const name = `${two.name}-r`;
    const flags = ['--snapshot-schedule', '0 0 1 1 *', '--keep-history', '1h'];
    try {
      await two.kubets('snapshot', 'restore', file, '--name', name, ...flags);
      const config = () =>
        JSON.parse(readFileSync(join(two.env.KUBETS_STATE_DIR!, name, 'cluster.json'), 'utf8'));
      expect(config()).toMatchObject({ historyMs: 3_600_000, scheduledSnapshots: { schedule: '0 0 1 1 *' } });
      const elsewhere = await two.tryKubets(['snapshot', 'restore', file, '--name', name, '--cluster-init']);
      expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining('in the embedded store') });
      await two.kubets('snapshot', 'save', `${file}2`, '--name', name);
      await two.kubets('down', '--name', name);
      await two.kubets('snapshot', 'restore', `${file}2`, '--name', name);
      expect(config()).toMatchObject({ historyMs: 3_600_000, scheduledSnapshots: { schedule: '0 0 1 1 *' } });
    } finally {
      await two.kubets('down', '--name', name);
    }
  });

  test.each([
    [['history', 'cm/'], /an object is KIND\/NAME/],
    [['history', 'cm/a/b'], /one object at a time/],
    [['history', 'cm', '-o', 'yaml'], /-o needs --at/],
    [['history', '-n', 'default'], /-n needs a KIND/],
    [['history', 'wings/x'], /the cluster has no resource "wings"/],
  ])('kubets %j is refused in one sentence', async (args, sentence) => {
    const result = await two.tryKubets([...args, '--name', two.name]);
    expect(result.code).toBe(1);
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
