// The kubelet with a containerd of its own: volumes.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refs } from '@kubets/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realNodeProblem } from './containerd.ts';
import { eventually, type RealCluster, shell, startRealCluster } from './real_cluster.ts';

let cluster: RealCluster;

describe.skipIf(realNodeProblem)('a real node: volumes', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    cluster = await startRealCluster('v', 77);
  }, 60_000);

  afterAll(async () => {
    await cluster?.stop();
    // Nothing of it is left on the machine.
    expect(existsSync(cluster.root)).toBe(false);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(cluster.root);
  }, 60_000);

  test('volumes of all sources', async () => {
    mkdirSync(join(cluster.root, 'hostdir'));
    writeFileSync(join(cluster.root, 'hostdir/file'), 'from the host');
    await cluster.client.create(refs.configMaps, {
      metadata: { name: 'files', namespace: 'default' },
      data: { a: 'one', b: 'two' },
      binaryData: { bin: btoa('\xff\x00') },
    });
    await cluster.client.create(refs.secrets, {
      metadata: { name: 'keys', namespace: 'default' },
      data: { key: btoa('secret') },
    });
    const text = await cluster.output(
      'volumes',
      `cat /cm/sub/a /cm/b; stat -Lc '%a' /cm/b /secret/key; stat -c '%a %g' /disk; mount | grep -c ' /mem type tmpfs';
       cat /secret/key /host/file /all/labels /all/token | head -c 90; echo; touch /disk/x && echo written > /disk/y;
       touch /cm/x 2>/dev/null || echo read-only; ls /expr; id -G; stat -c '%g' /disk/x`,
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
          { name: 'host', hostPath: { path: join(cluster.root, 'hostdir'), type: 'Directory' } },
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
    const part = await cluster.output(
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
    await cluster.create(
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
    await cluster.remove('escape');
  });

  test('a change of a ConfigMap reaches containers that run', async () => {
    await cluster.client.create(refs.configMaps, {
      metadata: { name: 'live', namespace: 'default' },
      data: { value: 'old\n' },
    });
    await cluster.create(
      'live',
      'while true; do cat /cm/value; sleep 0.2; done',
      { volumeMounts: [{ name: 'cm', mountPath: '/cm' }] },
      { volumes: [{ name: 'cm', configMap: { name: 'live' } }] },
    );
    await eventually('old', async () => (await cluster.logs('live', 'main')).includes('old'));
    await cluster.client.patch(refs.configMaps, 'live', 'default', 'merge', { data: { value: 'new\n' } });
    await eventually('new', async () => (await cluster.logs('live', 'main')).includes('new'));
    await cluster.remove('live');
  });

  test('an image as a volume', async () => {
    const text = await cluster.output(
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
    await cluster.create(
      'no-picture',
      'true',
      { volumeMounts: [{ name: 'picture', mountPath: '/picture' }] },
      { volumes: [{ name: 'picture', image: { reference: 'kubets.test/none:1', pullPolicy: 'Never' } }] },
    );
    await eventually('the container waits for the image', async () => {
      const state = (await cluster.pod('no-picture')).status?.containerStatuses?.[0]?.state;
      return state?.waiting?.reason === 'ErrImageNeverPull';
    });
    await cluster.remove('no-picture');
  });

  test('a claim for a local volume', async () => {
    mkdirSync(join(cluster.root, 'local'));
    const { client } = cluster;
    await client.create(refs.persistentVolumes, {
      metadata: { name: 'local' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        local: { path: join(cluster.root, 'local') },
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
    const writing = cluster.output('writer', 'echo kept > /data/file', mount, { volumes });
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
    expect(readFileSync(join(cluster.root, 'local/file'), 'utf8')).toBe('kept\n');
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
