// The kubelet with a containerd of its own: lives of pods.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refs } from '@kubets/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realNodeProblem } from './containerd.ts';
import { eventually, type RealCluster, shell, startRealCluster } from './real_cluster.ts';

let cluster: RealCluster;

describe.skipIf(realNodeProblem)('a real node: lives of pods', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    cluster = await startRealCluster('l', 76);
  }, 60_000);

  afterAll(async () => {
    await cluster?.stop();
    // Nothing of it is left on the machine.
    expect(existsSync(cluster.root)).toBe(false);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(cluster.root);
  }, 60_000);

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

    await cluster.remove('web');
    await eventually('gone', async () => (await cluster.client.list(refs.pods)).items.length === 0);
    await eventually('no sandbox', async () => (await cluster.runtime.listPodSandboxes()).length === 0);
    await eventually(
      'no data',
      async () => !existsSync(join(cluster.root, 'kubelet/pods', pod.metadata.uid)),
    );
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
    const text = await cluster.output(
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

  test('an exec probe that takes too long fails', async () => {
    await cluster.create('slow', 'while true; do sleep 0.2; done', {
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
    const link = readdirSync(join(cluster.root, 'links')).find((name) =>
      name.startsWith('slow_default_main-'),
    );
    expect(link).toMatch(/-[0-9a-f]{64}\.log$/);
    await cluster.remove('slow');
  });

  test('security context', async () => {
    const text = await cluster.output(
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
    await cluster.create('root', 'true', { securityContext: { runAsNonRoot: true } });
    const waiting = await eventually('refused', async () => {
      const state = (await cluster.pod('root')).status?.containerStatuses?.[0]?.state;
      return state?.waiting?.reason === 'CreateContainerConfigError' && state.waiting;
    });
    expect(waiting.message).toContain('container has runAsNonRoot and image will run as root');
    await cluster.remove('root');
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
    await cluster.remove('failing');
  });

  test('a container that takes too much memory is OOMKilled', async () => {
    await cluster.create('hungry', 'head -c 100000000 /dev/zero | tail', {
      resources: { limits: { memory: '16Mi' } },
    });
    const pod = await cluster.phase('hungry', 'Failed');
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated?.reason).toBe('OOMKilled');
  });

  test('liveness restarts, preStop runs, sidecars end last', async () => {
    mkdirSync(join(cluster.root, 'notes'), { recursive: true });
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
      volumes: [{ name: 'notes', hostPath: { path: join(cluster.root, 'notes') } }],
    });
    await eventually('restarted', async () => {
      const [status] = (await cluster.pod('alive')).status?.containerStatuses ?? [];
      return (status?.restartCount ?? 0) >= 1;
    });
    writeFileSync(join(cluster.root, 'notes/end'), '');
    await cluster.remove('alive');
    await eventually('gone', async () =>
      (await cluster.client.list(refs.pods)).items.every(({ metadata }) => metadata.name !== 'alive'),
    );
    expect(readFileSync(join(cluster.root, 'notes/end'), 'utf8').trim().split('\n').slice(-3)).toEqual([
      'hook',
      'main',
      'side',
    ]);
  });

  test('a resize changes the limits of a running container', async () => {
    await cluster.create('grow', 'while true; do sleep 0.2; done', {
      resources: { requests: { cpu: '100m', memory: '32Mi' }, limits: { cpu: '100m', memory: '32Mi' } },
    });
    const before = await cluster.phase('grow', 'Running');
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
    const cgroup = `/sys/fs/cgroup/memory${cluster.cgroupRoot}/pod${after.metadata.uid}`;
    if (existsSync(cgroup)) {
      expect(readFileSync(`${cgroup}/${id}/memory.limit_in_bytes`, 'utf8').trim()).toBe(String(64 * 2 ** 20));
      expect(readFileSync(`${cgroup}/memory.limit_in_bytes`, 'utf8').trim()).toBe(String(64 * 2 ** 20));
    }
    await cluster.remove('grow');
  });

  test('activeDeadlineSeconds', async () => {
    await cluster.create('late', 'while true; do sleep 0.2; done', {}, { activeDeadlineSeconds: 2 });
    const pod = await cluster.phase('late', 'Failed');
    expect(pod.status).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
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
    await eventually('no data', async () => readdirSync(join(cluster.root, 'kubelet/pods')).length === 0);
    await eventually('no logs', async () => readdirSync(join(cluster.root, 'logs')).length === 0);
    expect(readdirSync(join(cluster.root, 'links'))).toEqual([]);
  });
});
