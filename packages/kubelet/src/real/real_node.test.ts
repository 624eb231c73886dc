// The kubelet with a containerd of its own: real containers, volumes, probes, logs and sessions.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { realNodeProblem } from './containerd.ts';
import { eventually, type RealCluster, startRealCluster } from './real_cluster.ts';

const root = '/run/kubets-kubelet-test';
let cluster: RealCluster;

describe.skipIf(realNodeProblem)('a real node', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    cluster = await startRealCluster(root);
    await eventually('the node is ready', async () => {
      const node = await cluster.client.get(refs.nodes, 'node-1');
      return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    });
  }, 60_000);

  afterAll(async () => {
    await cluster?.stop();
    // Nothing of it is left on the machine.
    expect(existsSync(root)).toBe(false);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(root);
  }, 60_000);

  const shell = (script: string) => ['sh', '-c', script];
  const phase = (name: string, wanted: string) =>
    eventually(`${name} is ${wanted}`, async () => {
      const pod = await cluster.pod(name);
      return pod.status?.phase === wanted && pod;
    });
  const create = (name: string, script: string, more: object = {}, spec: object = {}) =>
    cluster.run(name, {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: cluster.image, command: shell(script), ...more }],
      ...spec,
    });
  /** Runs a script to its end and gives what it printed. */
  const output = async (name: string, script: string, more: object = {}, spec: object = {}) => {
    await create(name, script, more, spec);
    await eventually(`${name} ends`, async () =>
      ['Succeeded', 'Failed'].includes((await cluster.pod(name)).status?.phase ?? ''),
    );
    return cluster.logs(name, 'main');
  };

  test('a pod runs, tells of itself and is deleted', async () => {
    const pod = await cluster.run('web', {
      initContainers: [{ name: 'first', image: cluster.image, command: shell('echo init') }],
      containers: [
        {
          name: 'main',
          image: cluster.image,
          command: shell('echo ready; exec httpd -f -p 8080 -h /etc'),
          readinessProbe: { httpGet: { path: '/passwd', port: 8080 }, periodSeconds: 1 },
        },
      ],
    });
    const ready = await eventually('ready', async () => {
      const seen = await cluster.pod('web');
      return (
        seen.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') && seen
      );
    });
    expect(ready.status).toMatchObject({ phase: 'Running', hostIP: '127.0.0.1', qosClass: 'BestEffort' });
    expect(ready.status?.podIP).toMatch(/^10\.98\.76\./);
    expect(ready.status?.initContainerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 0,
      reason: 'Completed',
    });
    expect(await cluster.logs('web', 'first')).toBe('init\n');

    await cluster.client.delete(refs.pods, 'web', 'default');
    await eventually('gone', async () => (await cluster.client.list(refs.pods)).items.length === 0);
    await eventually('no sandbox', async () => (await cluster.runtime.listPodSandboxes()).length === 0);
    await eventually('no data', async () => !existsSync(join(root, 'kubelet/pods', pod.metadata.uid)));
  });

  test('environment, hostname, hosts and resolv.conf', async () => {
    await cluster.client.create(refs.configMaps, {
      metadata: { name: 'settings', namespace: 'default' },
      data: { color: 'blue', shape: 'round' },
    });
    await cluster.client.create(refs.secrets, {
      metadata: { name: 'password', namespace: 'default' },
      data: { word: btoa('sesame') },
    });
    const text = await output(
      'env',
      'env; hostname; cat /etc/hosts /etc/resolv.conf; echo "$0" "$1"',
      {
        args: ['$(COLOR)', '$$(COLOR)'],
        envFrom: [{ prefix: 'ALL_', configMapRef: { name: 'settings' } }],
        env: [
          { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
          { name: 'WORD', valueFrom: { secretKeyRef: { name: 'password', key: 'word' } } },
          { name: 'BOTH', value: '$(COLOR)-$(WORD)-$(NONE)' },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
      },
      { hostname: 'box', subdomain: 'sub', hostAliases: [{ ip: '1.2.3.4', hostnames: ['alias'] }] },
    );
    for (const line of [
      'ALL_shape=round',
      'WORD=sesame',
      'BOTH=blue-sesame-$(NONE)',
      'NODE=node-1',
      'CPUS=4',
      'box',
      '1.2.3.4\talias',
      'nameserver 10.96.0.10',
      'blue $(COLOR)',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).toMatch(/^IP=10\.98\.76\.\d+$/m);
    expect(text).toMatch(/box\.sub\.default\.svc\.cluster\.local\tbox/);
  });

  test('volumes of all sources', async () => {
    mkdirSync(join(root, 'hostdir'));
    writeFileSync(join(root, 'hostdir/file'), 'from the host');
    await cluster.client.create(refs.configMaps, {
      metadata: { name: 'files', namespace: 'default' },
      data: { a: 'one', b: 'two' },
      binaryData: { bin: btoa('\xff\x00') },
    });
    await cluster.client.create(refs.secrets, {
      metadata: { name: 'keys', namespace: 'default' },
      data: { key: btoa('secret') },
    });
    const text = await output(
      'volumes',
      `cat /cm/sub/a /cm/b; stat -Lc '%a' /cm/b /secret/key; stat -c '%a %g' /disk; mount | grep -c ' /mem type tmpfs';
       cat /secret/key /host/file /all/labels /all/token | head -c 90; echo; touch /disk/x && echo written > /disk/y;
       touch /cm/x 2>/dev/null || echo read-only; cat /part/y; ls /expr; id -G; stat -c '%g' /disk/x`,
      {
        env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        volumeMounts: [
          { name: 'cm', mountPath: '/cm' },
          { name: 'secret', mountPath: '/secret' },
          { name: 'disk', mountPath: '/disk' },
          { name: 'mem', mountPath: '/mem' },
          { name: 'host', mountPath: '/host' },
          { name: 'all', mountPath: '/all' },
          { name: 'disk', mountPath: '/expr', subPathExpr: 'dir/$(NAME)' },
        ],
      },
      {
        initContainers: [
          {
            name: 'prepare',
            image: cluster.image,
            command: shell('echo in part > /disk/y'),
            volumeMounts: [{ name: 'disk', mountPath: '/disk', subPath: 'parts' }],
          },
        ],
        serviceAccountName: 'default',
        securityContext: { fsGroup: 2000, runAsUser: 1000 },
        volumes: [
          {
            name: 'cm',
            configMap: {
              name: 'files',
              items: [
                { key: 'a', path: 'sub/a' },
                { key: 'b', path: 'b', mode: 0o400 },
              ],
            },
          },
          { name: 'secret', secret: { secretName: 'keys', defaultMode: 0o440 } },
          { name: 'disk', emptyDir: {} },
          { name: 'mem', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
          { name: 'host', hostPath: { path: join(root, 'hostdir'), type: 'Directory' } },
          {
            name: 'all',
            projected: {
              sources: [
                { serviceAccountToken: { path: 'token', expirationSeconds: 600 } },
                { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
              ],
            },
          },
        ],
      },
    );
    expect(text).toContain('onetwo');
    expect(text.split('\n')).toEqual(expect.arrayContaining(['read-only']));
    expect(text).toContain('secretfrom the host');
    expect(text).toMatch(/\n1\n/);
    expect(text).toContain('ey');
    expect(text).toMatch(/2777 2000|777 2000/);
    expect(text.trim().split('\n').at(-1)).toBe('2000');
  });

  test('subPath sees only its part, and may not lead out', async () => {
    const part = await output(
      'subpath',
      'cat /part/file; ls /part/..',
      { volumeMounts: [{ name: 'disk', mountPath: '/part', subPath: 'a/b' }] },
      {
        initContainers: [
          {
            name: 'prepare',
            image: cluster.image,
            command: shell('mkdir -p /disk/a/b && echo inside > /disk/a/b/file && ln -s / /disk/out'),
            volumeMounts: [{ name: 'disk', mountPath: '/disk' }],
          },
        ],
        volumes: [{ name: 'disk', emptyDir: {} }],
      },
    );
    expect(part).toContain('inside');
    await create(
      'escape',
      'ls /part',
      { volumeMounts: [{ name: 'disk', mountPath: '/part', subPath: 'out' }] },
      {
        initContainers: [
          {
            name: 'prepare',
            image: cluster.image,
            command: shell('ln -s / /disk/out'),
            volumeMounts: [{ name: 'disk', mountPath: '/disk' }],
          },
        ],
        volumes: [{ name: 'disk', emptyDir: {} }],
      },
    );
    await eventually('refused', async () => {
      const waiting = (await cluster.pod('escape')).status?.containerStatuses?.[0]?.state?.waiting;
      return waiting?.reason === 'CreateContainerConfigError';
    });
    await cluster.client.delete(refs.pods, 'escape', 'default');
  });

  test('a change of a ConfigMap reaches containers that run', async () => {
    await cluster.client.create(refs.configMaps, {
      metadata: { name: 'live', namespace: 'default' },
      data: { value: 'old\n' },
    });
    await create(
      'live',
      'while true; do cat /cm/value; sleep 0.2; done',
      { volumeMounts: [{ name: 'cm', mountPath: '/cm' }] },
      { volumes: [{ name: 'cm', configMap: { name: 'live' } }] },
    );
    await eventually('old', async () => (await cluster.logs('live', 'main')).includes('old'));
    await cluster.client.patch(refs.configMaps, 'live', 'default', 'merge', { data: { value: 'new\n' } });
    await eventually('new', async () => (await cluster.logs('live', 'main')).includes('new'));
    await cluster.client.delete(refs.pods, 'live', 'default');
  });

  test('an image as a volume', async () => {
    const text = await output(
      'picture',
      'ls /picture/bin | grep -c busybox; touch /picture/x 2>/dev/null || echo read-only; ls /part | grep -c busybox',
      {
        volumeMounts: [
          { name: 'picture', mountPath: '/picture' },
          { name: 'picture', mountPath: '/part', subPath: 'bin' },
        ],
      },
      { volumes: [{ name: 'picture', image: { reference: cluster.image, pullPolicy: 'IfNotPresent' } }] },
    );
    expect(text).toBe('1\nread-only\n1\n');
    await create(
      'no-picture',
      'true',
      { volumeMounts: [{ name: 'picture', mountPath: '/picture' }] },
      { volumes: [{ name: 'picture', image: { reference: 'kubets.test/none:1', pullPolicy: 'Never' } }] },
    );
    await eventually('the container waits for the image', async () => {
      const state = (await cluster.pod('no-picture')).status?.containerStatuses?.[0]?.state;
      return state?.waiting?.reason === 'ErrImageNeverPull';
    });
    await cluster.client.delete(refs.pods, 'no-picture', 'default');
  });

  test('a claim for a local volume', async () => {
    mkdirSync(join(root, 'local'));
    const { client } = cluster;
    await client.create(refs.persistentVolumes, {
      metadata: { name: 'local' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        local: { path: join(root, 'local') },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] },
            ],
          },
        },
      },
    });
    await client.create(refs.persistentVolumeClaims, {
      metadata: { name: 'claim', namespace: 'default' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        volumeName: 'local',
        storageClassName: '',
      },
    });
    const claim = await client.get(refs.persistentVolumeClaims, 'claim', 'default');
    const { name, namespace, uid } = claim.metadata;
    await client.patch(refs.persistentVolumes, 'local', undefined, 'merge', {
      spec: { claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid } },
    });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'claim' } }];
    const mount = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    const writing = output('writer', 'echo kept > /data/file', mount, { volumes });
    await eventually('it waits for the claim', async () =>
      (await client.list(refs.events)).items.some(({ message }) => message?.includes('is not bound')),
    );
    await client.patch(
      refs.persistentVolumeClaims,
      'claim',
      'default',
      'merge',
      { status: { phase: 'Bound' } },
      { subresource: 'status' },
    );
    await writing;
    expect(readFileSync(join(root, 'local/file'), 'utf8')).toBe('kept\n');
  });

  test('an exec probe that takes too long fails', async () => {
    await create('slow', 'while true; do sleep 0.2; done', {
      readinessProbe: {
        exec: { command: ['sleep', '10'] },
        timeoutSeconds: 1,
        periodSeconds: 1,
        failureThreshold: 1,
      },
    });
    await eventually('told of', async () =>
      (await cluster.client.list(refs.events)).items.some(({ message }) =>
        message?.startsWith('Readiness probe failed: command timed out: "sleep 10" timed out after 1s'),
      ),
    );
    const link = readdirSync(join(root, 'links')).find((name) => name.startsWith('slow_default_main-'));
    expect(link).toMatch(/-[0-9a-f]{64}\.log$/);
    await cluster.client.delete(refs.pods, 'slow', 'default');
  });

  test('security context', async () => {
    const text = await output(
      'who',
      'id; touch /x 2>/dev/null || echo read-only; cat /proc/self/status | grep -E "NoNewPrivs|CapEff"',
      {
        securityContext: {
          runAsUser: 1000,
          runAsGroup: 3000,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        },
      },
    );
    expect(text).toContain('uid=1000(web) gid=3000');
    expect(text).toContain('read-only');
    expect(text).toMatch(/NoNewPrivs:\s+1/);
    expect(text).toMatch(/CapEff:\s+0000000000000000/);
  });

  test('runAsNonRoot refuses an image that runs as root', async () => {
    await create('root', 'true', { securityContext: { runAsNonRoot: true } });
    const waiting = await eventually('refused', async () => {
      const state = (await cluster.pod('root')).status?.containerStatuses?.[0]?.state;
      return state?.waiting?.reason === 'CreateContainerConfigError' && state.waiting;
    });
    expect(waiting.message).toContain('container has runAsNonRoot and image will run as root');
    await cluster.client.delete(refs.pods, 'root', 'default');
  });

  test('failures: exit codes, messages, restarts, images', async () => {
    await cluster.run('failing', {
      restartPolicy: 'Always',
      containers: [
        { name: 'crash', image: cluster.image, command: shell('echo boom > /dev/termination-log; exit 3') },
        {
          name: 'logs',
          image: cluster.image,
          command: shell('echo last words; exit 4'),
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
        { name: 'none', image: 'kubets.test/none:1', imagePullPolicy: 'Never' },
        {
          name: 'missing',
          image: cluster.image,
          env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'nowhere', key: 'x' } } }],
        },
      ],
    });
    const pod = await eventually('backing off', async () => {
      const seen = await cluster.pod('failing');
      const reasons = seen.status?.containerStatuses?.map(({ state }) => state?.waiting?.reason);
      return reasons?.filter((reason) => reason === 'CrashLoopBackOff').length === 2 && seen;
    });
    const [crash, logs, missing, none] = pod.status!.containerStatuses!;
    expect(crash).toMatchObject({
      restartCount: 1,
      state: {
        waiting: {
          message: expect.stringMatching(
            /^back-off 10s restarting failed container=crash pod=failing_default\(/,
          ),
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error', message: 'boom\n' } },
    });
    expect(logs!.lastState?.terminated?.message).toBe('last words\n');
    expect(none!.state?.waiting).toEqual({
      reason: 'ErrImageNeverPull',
      message: 'Container image "kubets.test/none:1" is not present with pull policy of Never',
    });
    expect(missing!.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmaps "nowhere" not found',
    });
    expect(await cluster.logs('failing', 'logs', '?previous=true')).toBe('last words\n');
    const denied = await cluster.get('/containerLogs/default/failing/none');
    expect(denied).toEqual({
      status: 400,
      body: 'container "none" in pod "failing" is waiting to start: ErrImageNeverPull\n',
    });
    await cluster.client.delete(refs.pods, 'failing', 'default');
  });

  test('a container that takes too much memory is OOMKilled', async () => {
    await create('hungry', 'head -c 100000000 /dev/zero | tail', {
      resources: { limits: { memory: '16Mi' } },
    });
    const pod = await phase('hungry', 'Failed');
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated?.reason).toBe('OOMKilled');
  });

  test('liveness restarts, preStop runs, sidecars end last', async () => {
    mkdirSync(join(root, 'notes'), { recursive: true });
    await cluster.run('alive', {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 10,
      initContainers: [
        {
          name: 'side',
          image: cluster.image,
          restartPolicy: 'Always',
          command: shell('trap "echo side >> /notes/end; exit 0" TERM; while true; do sleep 0.1; done'),
          volumeMounts: [{ name: 'notes', mountPath: '/notes' }],
        },
      ],
      containers: [
        {
          name: 'main',
          image: cluster.image,
          command: shell(
            'touch /tmp/up; trap "echo main >> /notes/end; exit 0" TERM; sleep 1; rm /tmp/up; while true; do sleep 0.1; done',
          ),
          livenessProbe: { exec: { command: ['cat', '/tmp/up'] }, periodSeconds: 1, failureThreshold: 1 },
          lifecycle: { preStop: { exec: { command: shell('echo hook >> /notes/end') } } },
          volumeMounts: [{ name: 'notes', mountPath: '/notes' }],
        },
      ],
      volumes: [{ name: 'notes', hostPath: { path: join(root, 'notes') } }],
    });
    await eventually('restarted', async () => {
      const [status] = (await cluster.pod('alive')).status?.containerStatuses ?? [];
      return (status?.restartCount ?? 0) >= 1;
    });
    writeFileSync(join(root, 'notes/end'), '');
    await cluster.client.delete(refs.pods, 'alive', 'default');
    await eventually('gone', async () =>
      (await cluster.client.list(refs.pods)).items.every(({ metadata }) => metadata.name !== 'alive'),
    );
    expect(readFileSync(join(root, 'notes/end'), 'utf8').trim().split('\n').slice(-3)).toEqual([
      'hook',
      'main',
      'side',
    ]);
  });

  test('logs: tail, timestamps, limit, follow', async () => {
    await create('talk', 'for i in $(seq 1 5); do echo line $i; done; sleep 2; echo end');
    await eventually('lines', async () => (await cluster.logs('talk', 'main')).includes('line 5'));
    expect(await cluster.logs('talk', 'main', '?tailLines=2')).toBe('line 4\nline 5\n');
    expect(await cluster.logs('talk', 'main', '?limitBytes=8')).toBe('line 1\nl');
    expect(await cluster.logs('talk', 'main', '?timestamps=true&tailLines=1')).toMatch(
      /^\d{4}-\d\d-\d\dT\S+ line 5\n$/,
    );
    expect(await cluster.logs('talk', 'main', '?follow=true&tailLines=1')).toBe('line 5\nend\n');
    expect((await cluster.get('/containerLogs/default/talk/other')).status).toBe(404);
  });

  test('exec and attach over the kubelet, in real streams', async () => {
    await create('session', 'while true; do sleep 0.2; done');
    await phase('session', 'Running');
    const query =
      'command=sh&command=-c&command=read+x;echo+got+$x;echo+bad+1>%262;exit+7&input=1&output=1&error=1';
    const socket = new WebSocket(
      `wss://127.0.0.1:${cluster.port}/exec/default/session/main?${query}`,
      ['v4.channel.k8s.io'],
      {
        ...cluster.tls,
        rejectUnauthorized: false,
      },
    );
    const channels = new Map<number, string>();
    socket.on('message', (data: Buffer) =>
      channels.set(data[0]!, (channels.get(data[0]!) ?? '') + data.subarray(1)),
    );
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('hello\n')]));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(channels.get(1)).toBe('got hello\n');
    expect(channels.get(2)).toBe('bad\n');
    expect(JSON.parse(channels.get(3)!)).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
  });

  test('the other paths of the kubelet', async () => {
    expect(await cluster.get('/healthz')).toEqual({ status: 200, body: 'ok' });
    const pods = JSON.parse((await cluster.get('/pods')).body);
    expect(pods.items.map(({ metadata }: Pod) => metadata.name)).toContain('session');
    const summary = await eventually('usage', async () => {
      const { node, pods } = JSON.parse((await cluster.get('/stats/summary')).body);
      const pod = pods.find(({ podRef }: { podRef: { name: string } }) => podRef.name === 'session');
      return pod?.containers?.[0]?.memory.workingSetBytes > 0 && { node, pod };
    });
    expect(summary.node.memory.workingSetBytes).toBeGreaterThan(0);
    expect((await cluster.get('/metrics/resource')).body).toMatch(
      /container_memory_working_set_bytes\{container="main",namespace="default",pod="session"\} \d+ \d+/,
    );
    expect((await cluster.get('/metrics')).body).toMatch(/kubelet_running_pods \d+/);
    expect((await cluster.get('/nothing')).status).toBe(404);
  });

  test('a resize changes the limits of a running container', async () => {
    await create('grow', 'while true; do sleep 0.2; done', {
      resources: { requests: { cpu: '100m', memory: '32Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
    });
    const before = await phase('grow', 'Running');
    const limits = { cpu: '200m', memory: '64Mi' };
    await cluster.client.patch(
      refs.pods,
      'grow',
      'default',
      'strategic',
      { spec: { containers: [{ name: 'main', resources: { requests: limits, limits } }] } },
      { subresource: 'resize' },
    );
    const after = await eventually('resized', async () => {
      const pod = await cluster.pod('grow');
      return pod.status?.containerStatuses?.[0]?.resources?.limits?.['memory'] === '64Mi' && pod;
    });
    const [status] = after.status!.containerStatuses!;
    expect(status).toMatchObject({ restartCount: 0, allocatedResources: limits, resources: { limits } });
    expect(status!.containerID).toBe(before.status!.containerStatuses![0]!.containerID);
    const id = status!.containerID!.replace('containerd://', '');
    const cgroup = `/sys/fs/cgroup/memory/kubets-kubelet-test/pod${after.metadata.uid}`;
    if (existsSync(cgroup)) {
      expect(readFileSync(`${cgroup}/${id}/memory.limit_in_bytes`, 'utf8').trim()).toBe(String(64 * 2 ** 20));
      expect(readFileSync(`${cgroup}/memory.limit_in_bytes`, 'utf8').trim()).toBe(String(64 * 2 ** 20));
    }
    await cluster.client.delete(refs.pods, 'grow', 'default');
  });

  test('a kubelet that restarts adopts what runs and ends what nobody knows', async () => {
    const before = await cluster.pod('session');
    await create('forgotten', 'while true; do sleep 0.2; done');
    await phase('forgotten', 'Running');
    await cluster.restartKubelet(async () => {
      await cluster.client.delete(refs.pods, 'forgotten', 'default', { gracePeriodSeconds: 0 });
    });
    await eventually('the orphan is gone', async () =>
      (await cluster.runtime.listPodSandboxes()).every(({ metadata }) => metadata?.name !== 'forgotten'),
    );
    const after = await cluster.pod('session');
    expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses);
    expect(await cluster.logs('session', 'main')).toBe('');
  });

  test('activeDeadlineSeconds', async () => {
    await create('late', 'while true; do sleep 0.2; done', {}, { activeDeadlineSeconds: 2 });
    const pod = await phase('late', 'Failed');
    expect(pod.status).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
  });

  test('ephemeral containers see the processes of their target', async () => {
    await cluster.client.patch(
      refs.pods,
      'session',
      'default',
      'strategic',
      {
        spec: {
          ephemeralContainers: [
            {
              name: 'debug',
              image: cluster.image,
              targetContainerName: 'main',
              command: shell('cat /proc/1/cmdline | tr "\\0" " "'),
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            },
          ],
        },
      },
      { subresource: 'ephemeralcontainers' },
    );
    await eventually('it ran', async () => {
      const [status] = (await cluster.pod('session')).status?.ephemeralContainerStatuses ?? [];
      return status?.state?.terminated?.exitCode === 0;
    });
    expect(await cluster.logs('session', 'debug')).toContain('while true');
  });

  test('nothing stays behind when all pods are deleted', async () => {
    await cluster.client.deleteCollection(refs.pods, { namespace: 'default' });
    await eventually(
      'no pods',
      async () => (await cluster.client.list(refs.pods)).items.length === 0,
      60_000,
    );
    await eventually('no containers', async () => (await cluster.runtime.listContainers()).length === 0);
    await eventually('no sandboxes', async () => (await cluster.runtime.listPodSandboxes()).length === 0);
    await eventually('no data', async () => readdirSync(join(root, 'kubelet/pods')).length === 0);
    await eventually('no logs', async () => readdirSync(join(root, 'logs')).length === 0);
    expect(readdirSync(join(root, 'links'))).toEqual([]);
  });
});
