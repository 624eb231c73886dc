// A real node: real containers, real addresses, the guide's examples. Root on Linux with containerd.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { clientsRun } from '../harness/real_clients.ts';
import { nodeReason } from '../harness/real_node.ts';

const root = join(import.meta.dirname, '../..');
let cluster: TestCluster;
const before = machineState();

describe.skipIf(nodeReason !== undefined || !clientsRun)(
  `a real node${nodeReason ? ` (skipped: ${nodeReason})` : ''}`,
  () => {
    beforeAll(async () => {
      cluster = await startCluster();
      const make = (version: string) =>
        cluster.kubets(
          'image',
          'make',
          `web:${version}`,
          '--name',
          cluster.name,
          '--busybox',
          '--dir',
          join(root, 'examples/guide/web'),
          '--env',
          `VERSION=${version}`,
          '--',
          'httpd',
          '-f',
          '-p',
          '8080',
          '-h',
          '/www',
        );
      expect(await make('1')).toContain('docker.io/library/web:1');
      await make('2');
    });
    afterAll(() => cluster?.down());

    test('the guide applies; its Deployment becomes ready; its Service answers by name inside pods', async () => {
      await cluster.kubectl('apply', '-f', join(root, 'examples/guide'));
      await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      const page = await cluster.kubectl(
        'exec',
        'deploy/web',
        '--',
        'wget',
        '-q',
        '-O',
        '-',
        'http://web.default.svc.cluster.local/',
      );
      expect(page).toContain('It works.');
      expect(
        await cluster.kubectl('exec', 'deploy/web', '--', 'nslookup', 'web.default.svc.cluster.local'),
      ).toMatch(/Address:? .*10\.\d+\.\d+\.\d+/);
    });

    test('env, ConfigMap and Secret, files, downward API, service account token', async () => {
      const env = await cluster.kubectl('exec', 'deploy/web', '--', 'env');
      expect(env).toMatch(/^POD_NAME=web-/m);
      expect(env).toMatch(/^DB_PASSWORD=change-me$/m);
      expect(env).toMatch(/^LOG_LEVEL=info$/m);
      expect(env).toMatch(/^KUBERNETES_SERVICE_HOST=10\./m);
      expect(await cluster.kubectl('exec', 'deploy/web', '--', 'cat', '/etc/web/greeting.txt')).toBe(
        'Hello from a ConfigMap.\n',
      );
      expect(
        await cluster.kubectl(
          'exec',
          'deploy/web',
          '--',
          'cat',
          '/var/run/secrets/kubernetes.io/serviceaccount/namespace',
        ),
      ).toBe('default');
      expect(
        (
          await cluster.kubectl(
            'exec',
            'deploy/web',
            '--',
            'cat',
            '/var/run/secrets/kubernetes.io/serviceaccount/token',
          )
        ).split('.'),
      ).toHaveLength(3);
    });

    test('the node port and the ClusterIP answer from the node', async () => {
      const service = JSON.parse(await cluster.kubectl('get', 'service', 'web', '-o', 'json'));
      const node = await cluster.kubectl(
        'get',
        'nodes',
        '-o',
        'jsonpath={.items[0].status.addresses[0].address}',
      );
      expect(await fetchText(`http://${node}:${service.spec.ports[0].nodePort}/`)).toContain('It works.');
      expect(await fetchText(`http://${service.spec.clusterIP}/`)).toContain('It works.');
    });

    test('a rolling update and an undo fail no request', async () => {
      const service = JSON.parse(await cluster.kubectl('get', 'service', 'web', '-o', 'json'));
      const count = { done: 0, failed: [] as string[] };
      let going = true;
      const client = (async () => {
        while (going) {
          try {
            await fetchText(`http://${service.spec.clusterIP}/`);
            count.done++;
          } catch (error) {
            count.failed.push(String(error));
          }
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      })();
      await cluster.kubectl('set', 'image', 'deployment/web', 'web=web:2');
      await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=90s');
      expect(await cluster.kubectl('exec', await livePod(), '--', 'sh', '-c', 'echo $VERSION')).toBe('2\n');
      await cluster.kubectl('rollout', 'undo', 'deployment/web');
      await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=90s');
      going = false;
      await client;
      expect(count.failed).toEqual([]);
      expect(count.done).toBeGreaterThan(100);
    });

    test('logs, logs --previous, exec with a terminal, attach, cp, port-forward', async () => {
      await cluster.apply(`apiVersion: v1
kind: Pod
metadata: {name: talker}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: web:1
    stdin: true
    command: [sh, -c, 'echo run $(cat /data/n 2>/dev/null); echo x >> /data/n; if [ $(wc -l < /data/n) = 1 ]; then exit 3; fi; while read line; do echo got $line; done']
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]
`);
      await cluster.eventually(
        'the second run',
        async () =>
          (await cluster.kubectl(
            'get',
            'pod',
            'talker',
            '-o',
            'jsonpath={.status.containerStatuses[0].restartCount}{.status.containerStatuses[0].ready}',
          )) === '1true',
        60_000,
      );
      expect(await cluster.kubectl('logs', 'talker', '--previous')).toBe('run\n');
      expect(await cluster.kubectl('logs', 'talker')).toBe('run x\n');
      const follow = cluster.spawnKubectl(['logs', '-f', 'talker']);
      const attached = await cluster.tryKubectl(['attach', '-i', 'talker', '--quiet'], {
        input: 'hello\n',
        timeoutMs: 4_000,
      });
      expect(attached.stdout + attached.stderr).toContain('got hello');
      await cluster.eventually('the followed log', async () => follow.text().includes('got hello'));
      follow.kill();
      expect(
        (await cluster.tryKubectl(['exec', '-i', 'talker', '--', 'cat'], { input: 'through\n' })).stdout,
      ).toBe('through\n');
      const failing = await cluster.tryKubectl(['exec', 'talker', '--', 'sh', '-c', 'exit 7']);
      expect(failing.code).toBe(7);
      await cluster.kubectl('cp', join(root, 'LICENSE'), 'talker:/tmp/license');
      await cluster.kubectl('cp', 'talker:/tmp/license', join(cluster.folder, 'license'));
      expect(readFileSync(join(cluster.folder, 'license'), 'utf8')).toBe(
        readFileSync(join(root, 'LICENSE'), 'utf8'),
      );
      const forward = cluster.spawnKubectl(['port-forward', 'service/web', '0:80', '--address', '127.0.0.1']);
      const port = await cluster.eventually(
        'the forwarded port',
        async () => /127\.0\.0\.1:(\d+)/.exec(forward.text())?.[1],
      );
      expect(await fetchText(`http://127.0.0.1:${port}/`)).toContain('It works.');
      forward.kill();
    });

    test('a failing liveness probe restarts; a failing readiness probe withdraws', async () => {
      await cluster.apply(`apiVersion: v1
kind: Pod
metadata: {name: probed, labels: {app: probed}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: c
    image: web:1
    command: [sh, -c, 'touch /tmp/live /tmp/ready; sleep 3600']
    livenessProbe: {exec: {command: [cat, /tmp/live]}, periodSeconds: 1, failureThreshold: 1}
    readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1, failureThreshold: 1}
---
apiVersion: v1
kind: Service
metadata: {name: probed}
spec: {selector: {app: probed}, ports: [{port: 80}]}
`);
      await cluster.kubectl('wait', 'pod/probed', '--for=condition=Ready', '--timeout=30s');
      await cluster.kubectl('exec', 'probed', '--', 'rm', '/tmp/ready');
      await cluster.eventually(
        'withdrawal',
        async () =>
          (await cluster.kubectl(
            'get',
            'endpointslices',
            '-l',
            'kubernetes.io/service-name=probed',
            '-o',
            'jsonpath={.items[*].endpoints[*].conditions.ready}',
          )) === 'false',
      );
      await cluster.kubectl('exec', 'probed', '--', 'rm', '/tmp/live');
      await cluster.eventually(
        'the restart',
        async () =>
          Number(
            await cluster.kubectl(
              'get',
              'pod',
              'probed',
              '-o',
              'jsonpath={.status.containerStatuses[0].restartCount}',
            ),
          ) >= 1,
        60_000,
      );
      expect(await cluster.kubectl('describe', 'pod', 'probed')).toMatch(
        /Liveness probe failed: cat: .*\/tmp\/live/,
      );
    });

    test('the GPU pod waits, and says for what, until a node has it', async () => {
      await cluster.eventually('the event', async () =>
        (await cluster.kubectl('describe', 'pod', 'trainer')).includes(
          "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
        ),
      );
      const node = (await cluster.kubectl('get', 'nodes', '-o', 'name')).trim();
      await cluster.kubectl('label', node, 'accelerator=nvidia-a100');
      await cluster.eventually('the second reason', async () =>
        (await cluster.kubectl('describe', 'pod', 'trainer')).includes('1 Insufficient nvidia.com/gpu'),
      );
      await cluster.kubectl(
        'patch',
        node,
        '--subresource=status',
        '--type=json',
        '-p',
        '[{"op":"add","path":"/status/capacity/nvidia.com~1gpu","value":"1"},{"op":"add","path":"/status/allocatable/nvidia.com~1gpu","value":"1"}]',
      );
      await cluster.kubectl('wait', 'pod/trainer', '--for=condition=PodScheduled', '--timeout=30s');
    });

    test('kill -9 of server and agent loses nothing and restarts no container', async () => {
      const ids = () =>
        cluster.kubectl(
          'get',
          'pods',
          '-l',
          'app=web',
          '-o',
          'jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
        );
      const running = await ids();
      await cluster.kubectl('create', 'configmap', 'last-write');
      const status = JSON.parse(await cluster.kubets('status', '--name', cluster.name, '-o', 'json'));
      for (const pid of [status.server.pid, status.agent.pid]) process.kill(pid, 'SIGKILL');
      await cluster.kubets('up', '--name', cluster.name);
      expect(await cluster.kubectl('get', 'cm', 'last-write', '-o', 'name')).toBe('configmap/last-write\n');
      await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      expect(await ids()).toBe(running);
      expect(
        await cluster.kubectl('exec', 'deploy/web', '--', 'wget', '-q', '-O', '-', 'http://web/'),
      ).toContain('It works.');
    });

    test('up again says that it is up; down leaves nothing', async () => {
      expect(await cluster.kubets('up', '--name', cluster.name)).toContain('is up already');
      await cluster.kubets('down', '--name', cluster.name);
      expect(machineState()).toEqual(before);
      expect(existsSync(join(cluster.env.KUBETS_STATE_DIR!, cluster.name))).toBe(false);
    });
  },
);

/** A pod of the Deployment that is not on its way out. */
async function livePod(): Promise<string> {
  const { items } = JSON.parse(await cluster.kubectl('get', 'pods', '-l', 'app=web', '-o', 'json'));
  return items.find((pod: any) => !pod.metadata.deletionTimestamp).metadata.name;
}

/** What a cluster could leave behind, by name. */
function machineState() {
  if (nodeReason !== undefined) return {};
  const lines = (command: string, ...args: string[]) =>
    execFileSync(command, args, { encoding: 'utf8' }).trim().split('\n').sort();
  const cgroups = readdirSync('/sys/fs/cgroup').flatMap((name) => {
    const folder = join('/sys/fs/cgroup', name);
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name));
    } catch {
      return [];
    }
  });
  return {
    links: lines('ip', '-o', 'link').map((line) => line.split(': ')[1]),
    tables: lines('nft', 'list', 'tables'),
    namespaces: existsSync('/run/netns') ? readdirSync('/run/netns').sort() : [],
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[4])
      .filter((path) => path !== '/run/netns' && path !== '/var/run/netns')
      .sort(),
    cgroups: cgroups.sort(),
    processes: lines('ps', '-eo', 'args=')
      // An ended process that its foster parent has not looked after yet is gone all the same.
      .filter((line) => !line.includes('<defunct>'))
      .filter((line) => /containerd|kubets\.mjs (server|agent)/.test(line)),
  };
}

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 5_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode}`)),
      );
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', reject);
  });
}
